@services
Feature: The client's address
  Kubernetes documentation, tutorial "Using Source IP", and "Virtual IPs and Service Proxies", section "Traffic
  policies" (ServiceSpec.externalTrafficPolicy): inside the cluster a Service leaves the client's address as it is; with
  the policy Local, a node port answers only on the nodes of the Service's Pods, and shows them who came from outside.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @extended
  Scenario: The Pods behind a Service see the client's own address
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080, 80:8080/UDP"
    And "visitor" gets answers from "database, replica" at "Service data"
    Then the address of "visitor" is seen behind "Service data:80, Service data:80/UDP"

  @core @two-nodes
  Scenario: A node port that keeps the address of who comes from outside
    The outside is the network of another node.
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080", with:
      | type                  | NodePort |
      | externalTrafficPolicy | Local    |
    And a Pod "outside" on the node's own network, beside "replica"
    Then "outside" reaches the Service "data" on the node of "database" only, and its node's address is seen
