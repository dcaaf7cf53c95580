@nodes @disruptive @policy @two-nodes @kubelet
Feature: A node is rebooted
  Kubernetes documentation, "Pod Lifecycle": the containers of a node's Pods are started again when the node is back,
  each Pod with a sandbox made anew, and maybe with another address. What is on other nodes has nothing to do with it.

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
  Scenario: The node's Pods are reached again, and its neighbours never noticed
    Given the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |
    And "frontend" asks "database" every 20 ms from now on
    When the node of "replica" is rebooted
    Then no question was lost
    And the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |
    And the connections are:
      |          | reports | frontend | lookalike |
      | visitor  | allowed | allowed  | allowed   |
      | replica  | allowed | allowed  | allowed   |
      | database | allowed | allowed  | allowed   |
