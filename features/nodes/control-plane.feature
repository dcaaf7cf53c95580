@nodes @disruptive @policy @kubelet
Feature: The API server is away
  Kubernetes documentation, "Communication between Nodes and the Control Plane": nodes go on without it. Connections go
  on, and policies hold, also for a Pod whose network has to be made anew meanwhile.

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
    And the Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | port | targetPort |
      | 80   | 8080       |
    And this policy in the namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { tier: data } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """

  @extended
  Scenario: Connections go on and a Pod is restarted while the API server is away
    Given the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |
    And "frontend" holds a connection to "database"
    And "frontend" asks "database" every 20 ms from now on
    And "visitor" asks "frontend" every 20 ms from now on
    When the API server is away for 20 s, and the sandbox of "replica" dies meanwhile
    Then no question was lost
    And the connection that "frontend" holds goes on with "database"
    And the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |

