@nodes @disruptive @policy @kubelet
Feature: The API server is away
  Kubernetes documentation, "Communication between Nodes and the Control Plane": nodes go on without it. Connections go
  on, and policies hold, also for a Pod whose network has to be made anew meanwhile.

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
