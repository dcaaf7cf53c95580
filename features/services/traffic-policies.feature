@services @more
Feature: Which Pods a Service leads to
  Kubernetes documentation, "Service Internal Traffic Policy" (ServiceSpec.internalTrafficPolicy) and "Virtual IPs and
  Service Proxies", section "Traffic to terminating endpoints": with Local, only Pods of the client's own node answer;
  when all Pods behind a Service are terminating, those of them that still serve get the new connections.

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

  @core @two-nodes
  Scenario: A Service for clients of the same node
    Given the Service "data" in the namespace "shop" for Pods labelled "app=database", for clients of the same node only:
      | port | targetPort |
      | 80   | 8080       |
    And a Pod "on-the-node" on the node's own network, beside "database"
    And a Pod "elsewhere" on the node's own network, beside "replica"
    Then the connections are:
      |             | Service data:80 | database |
      | frontend    | allowed         | allowed  |
      | on-the-node | allowed         | -        |
      | reports     | denied          | allowed  |
      | elsewhere   | denied          | -        |

  @core
  Scenario: The last Pod answers while it is terminating
    Given a Pod "leaving" labelled "app=leaving", beside "database", that serves for 25 s after it is told to stop
    And the NodePort Service "last" in the namespace "shop" for Pods labelled "app=leaving":
      | name | port | targetPort | protocol |
      | tcp  | 80   | 8080       | TCP      |
      | udp  | 80   | 8080       | UDP      |
    And "visitor" gets answers from "leaving" at "Service last"
    When "leaving" is told to stop
    Then the connections are:
      |          | Service last:80 | Service last:80/UDP |
      | frontend | allowed         | allowed             |
      | visitor  | allowed         | allowed             |
    And "visitor" reaches the Service "last" at every node's port, over TCP and UDP
    When these Pods start in the namespace "shop":
      | Pod     | labels      | node |
      | staying | app=leaving | 2    |
    Then "visitor" gets answers from "staying" at "Service last"

  @core @two-nodes
  Scenario: On its own node too, the last Pod answers while it is terminating
    Given a Pod "leaving" labelled "app=leaving", beside "database", that serves for 20 s after it is told to stop
    And the Service "last" in the namespace "shop" for Pods labelled "app=leaving", for clients of the same node only:
      | port | targetPort |
      | 80   | 8080       |
    And the connections are:
      |          | Service last:80 |
      | frontend | allowed         |
      | reports  | denied          |
    When "leaving" is told to stop
    Then the connections are:
      |          | Service last:80 |
      | frontend | allowed         |
      | reports  | denied          |
