@services
Feature: Node ports
  Kubernetes documentation, "Service", section "type: NodePort" (ServicePort.nodePort): every node of the cluster
  answers at the port, whether it runs one of the Pods or not. The nodes are dialled from Pods: where netvet itself runs
  does not matter.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: Every node answers at a node port
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080, 80:8080/UDP", with:
      | type | NodePort |
    Then "frontend" reaches the Service "data" at every node's port, over TCP and UDP
    And "visitor" reaches the Service "data" at every node's port, over TCP and UDP

  @core
  Scenario: A node reaches its own node port
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080, 80:8080/UDP", with:
      | type | NodePort |
    And a Pod "on-the-node" on the node's own network, beside "replica"
    Then "on-the-node" reaches the Service "data" at every node's port, over TCP and UDP
