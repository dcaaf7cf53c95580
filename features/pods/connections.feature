@pods @baseline @kubelet
Feature: Pods reach each other without address translation
  Kubernetes documentation, "Services, Load Balancing, and Networking", section "The Kubernetes network model": all Pods
  can communicate with all other Pods, whether they are on the same node or not, directly and without NAT; agents on a
  node can communicate with the Pods of that node.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: Pods of the same node
    "frontend" and "database" are on the same node.
    Then the connections are:
      |          | frontend | frontend:8080/UDP | database | database:8080/UDP |
      | frontend | -        | -                 | allowed  | allowed           |
      | database | allowed  | allowed           | -        | -                 |
    And "frontend" and "database" see each other's own address, over TCP and UDP

  @core @two-nodes
  Scenario: Pods of different nodes
    "frontend" and "replica" are on different nodes.
    Then the connections are:
      |          | frontend | frontend:8080/UDP | replica | replica:8080/UDP |
      | frontend | -        | -                 | allowed | allowed          |
      | replica  | allowed  | allowed           | -       | -                |
    And "frontend" and "replica" see each other's own address, over TCP and UDP

  @core
  Scenario: Pods of different namespaces
    Then the connections are:
      |         | frontend | visitor | lookalike:8080/UDP |
      | visitor | allowed  | -       | allowed            |
      | reports | -        | allowed | allowed            |
    And "reports" and "visitor" see each other's own address, over TCP and UDP

  @core
  Scenario: A node reaches the Pods that run on it
    Given a Pod "on-the-node" on the node's own network, beside "database"
    Then the connections are:
      |             | database | database:8080/UDP |
      | on-the-node | allowed  | allowed           |

  @core @two-nodes
  Scenario: A Pod on the node's network reaches Pods of other nodes
    Given a Pod "on-the-node" on the node's own network, beside "database"
    Then the connections are:
      |             | replica | replica:8080/UDP |
      | on-the-node | allowed | allowed          |

  @extended
  Scenario: A Pod's host port answers at the address of its node
    API type ContainerPort, field hostPort; CNIs do it by themselves or with the portmap plugin.
    Given a Pod "published" with a host port for port 8080, beside "database"
    Then "reports, visitor" reach "published" at its node's address

  @extended @more
  Scenario: A host port for one address of the node is closed at the others
    API type ContainerPort, field hostIP.
    Given a Pod "published" with a host port for port 8080 at its node's localhost only, beside "database"
    And a Pod "on-the-node" on the node's own network, beside "database"
    Then "on-the-node" reaches "published" at its node's localhost
    But "reports, visitor" do not reach "published" at its node's address
