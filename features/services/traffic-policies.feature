@services @more
Feature: Which Pods a Service leads to
  Kubernetes documentation, "Service Internal Traffic Policy" (ServiceSpec.internalTrafficPolicy) and "Virtual IPs and
  Service Proxies", section "Traffic to terminating endpoints": with Local, only Pods of the client's own node answer;
  when all Pods behind a Service are terminating, those of them that still serve get the new connections.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core @two-nodes
  Scenario: A Service for clients of the same node
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080", with:
      | internalTrafficPolicy | Local |
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
    Given a Pod "leaving" labelled "app=leaving", beside "database", that serves for 25 s while it is terminating
    And the Service "last" in namespace "shop" for Pods labelled "app=leaving", ports "80:8080, 80:8080/UDP", with:
      | type | NodePort |
    And "visitor" gets answers from "leaving" at "Service last"
    When "leaving" begins to terminate
    Then the connections are:
      |          | Service last:80 | Service last:80/UDP |
      | frontend | allowed         | allowed             |
      | visitor  | allowed         | allowed             |
    And "visitor" reaches the Service "last" at every node's port, over TCP and UDP
    When these Pods start in namespace "shop":
      | Pod     | labels      | node |
      | staying | app=leaving | 2    |
    Then "visitor" gets answers from "staying" at "Service last"

  @core @two-nodes
  Scenario: On its own node too, the last Pod answers while it is terminating
    Given a Pod "leaving" labelled "app=leaving", beside "database", that serves for 20 s while it is terminating
    And the Service "last" in namespace "shop" for Pods labelled "app=leaving", ports "80:8080", with:
      | internalTrafficPolicy | Local |
    And the connections are:
      |          | Service last:80 |
      | frontend | allowed         |
      | reports  | denied          |
    When "leaving" begins to terminate
    Then the connections are:
      |          | Service last:80 |
      | frontend | allowed         |
      | reports  | denied          |
