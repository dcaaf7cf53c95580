@nodes @disruptive @policy @kubelet
Feature: A node's kubelet and container runtime are restarted
  Kubernetes documentation, "Nodes" and "Container runtimes": both may be restarted, for an upgrade say, while their
  Pods go on. What the network has set up for these Pods is none of their business.

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
  Scenario Outline: The <service> is restarted
    Given the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |
    And "frontend" holds a connection to "replica"
    And "frontend" asks "Service data" every 20 ms from now on
    And "visitor" asks "reports" every 20 ms from now on
    When the <service> on the node of "replica" is restarted
    Then no question was lost
    And the connection that "frontend" holds goes on with "replica"
    When these Pods start in namespace "shop":
      | Pod       | labels       | node |
      | newcomer  | app=frontend | 2    |
      | latecomer | app=intruder | 2    |
    Then the connections are:
      |           | replica | database | Service data:80 |
      | newcomer  | allowed | allowed  | allowed         |
      | latecomer | denied  | denied   | denied          |
      | frontend  | allowed | allowed  | allowed         |
      | visitor   | denied  | denied   | denied          |

    Examples:
      | service    |
      | kubelet    |
      | containerd |
