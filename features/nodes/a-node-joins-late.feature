@nodes @disruptive @two-nodes @kubelet
Feature: A node joins late
  Kubernetes documentation, "Nodes": a kubelet registers its node with the cluster at any time. Here one that was there
  before is drained and deleted as the documentation says, and joins again as a new one, under a Pod range that may be
  another.

  @extended
  Scenario: Pods on a node that joined late reach the others and are reached
    Given a namespace "late"
    When node 2 is drained, leaves the cluster and joins it again
    And these Pods start in namespace "late":
      | Pod      | labels       | node |
      | settler  | app=frontend | 2    |
      | neighbor | app=web      | 2    |
      | native   | app=web      | 1    |
    Then the connections are:
      |          | settler | neighbor | native  |
      | settler  | -       | allowed  | allowed |
      | neighbor | allowed | -        | allowed |
      | native   | allowed | allowed  | -       |
