@services
Feature: Node ports
  Kubernetes documentation, "Service", section "type: NodePort" (ServicePort.nodePort): every node of the cluster
  answers at the port, whether it runs one of the Pods or not. The nodes are dialled from Pods: where netvet itself runs
  does not matter.

  Background:
    Given the namespaces:
      | namespace | labels       |
      | shop      | team=sales   |
      | office    | team=support |
    And the Pods:
      | Pod       | namespace | labels                  | node | named ports |
      | frontend  | shop      | app=frontend            | 1    |             |
      | reports   | shop      | app=reports             | 2    |             |
      | database  | shop      | app=database, tier=data | 1    | query=8081  |
      | replica   | shop      | app=replica, tier=data  | 2    | query=8082  |
      | lookalike | office    | app=frontend            | 2    |             |
      | visitor   | office    | app=visitor             | 3    |             |

  @core
  Scenario: Every node answers at a node port
    Given the NodePort Service "data" in the namespace "shop" for Pods labelled "app=database":
      | name | port | targetPort | protocol |
      | tcp  | 80   | 8080       | TCP      |
      | udp  | 80   | 8080       | UDP      |
    Then "frontend" reaches the Service "data" at every node's port, over TCP and UDP
    And "visitor" reaches the Service "data" at every node's port, over TCP and UDP

  @core
  Scenario: A node reaches its own node port
    Given the NodePort Service "data" in the namespace "shop" for Pods labelled "app=database":
      | name | port | targetPort | protocol |
      | tcp  | 80   | 8080       | TCP      |
      | udp  | 80   | 8080       | UDP      |
    And a Pod "on-the-node" on the node's own network, beside "replica"
    Then "on-the-node" reaches the Service "data" at every node's port, over TCP and UDP
