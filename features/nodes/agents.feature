@nodes @disruptive @policy @kubelet
Feature: The CNI's agents come and go
  CNI specification 1.1.0: whatever a plugin has set up stays until DEL; no program of the network's has to run for a
  connection to go on. So an upgrade of the agents, or one that is killed while Pods come and go, is nothing that a Pod
  may notice.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office
    And the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { tier: data } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """

  @extended
  Scenario: The agents are rolled, and nobody notices
    Given the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |
    And "frontend" holds a connection to "replica"
    And "frontend" asks "database" every 20 ms from now on
    And "frontend" asks "Service data" every 20 ms from now on
    And "visitor" asks "frontend" every 20 ms from now on
    And "reports" tries to reach "database" every 20 ms from now on
    When the CNI's agents are rolled
    Then no question was lost
    And no attempt of "reports" has reached "database"
    And the connection that "frontend" holds goes on with "replica"
    And the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |

  @extended
  Scenario: An agent is killed while Pods come and go on its node
    Given the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |
    And "frontend" asks "replica" every 20 ms from now on
    And "visitor" asks "reports" every 20 ms from now on
    When 10 Pods come to the node of "replica" and go, 3 times, while the CNI's agent there is killed
    Then all of them are running with an address of their own
    And no two Pods of the cluster have the same address
    And no question was lost
    When these Pods start in namespace "shop":
      | Pod       | labels       | node |
      | newcomer  | app=frontend | 2    |
      | latecomer | app=intruder | 2    |
    Then the connections are:
      |           | replica | database | reports |
      | newcomer  | allowed | allowed  | allowed |
      | latecomer | denied  | denied   | allowed |
