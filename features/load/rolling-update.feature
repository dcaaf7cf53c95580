@load @exclusive @kubelet
Feature: The Service path under load while its Pods are replaced
  Kubernetes documentation, "Performing a Rolling Update" and "Pod termination": a rolling update replaces the Pods
  without downtime, as far as Pods that are terminating leave the Service first and go on serving until every node
  knows. These do. Every request is accounted for: what k6 sent is what was answered and what was lost, and the counters
  of the Pods, those that were replaced included, agree with k6's to the request. No connection is used twice: each
  request takes the Service path anew. For comparison, the Pod that has answered is asked the same again at its own
  address.

  @core
  Scenario: Two rolling updates lose no request
    Given 3 frontends behind the Service "web"
    When k6 asks 100 times a second for 20 s or more, through the Service and the same Pod directly
    And the frontends are rolled 2 times meanwhile
    Then k6 and the frontends agree on every request
    And no request through the Service was lost
