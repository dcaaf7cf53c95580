@policies
Feature: What the documentation leaves open
  Kubernetes documentation, "Network Policies": it is up to the implementation what becomes of connections that are open when
  a policy appears. It is reported here, for each network, and not judged: such a connection is kept, cut, or cut after some time.

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

  @observed
  Scenario: A connection that is open when a policy appears
    Given "frontend" holds a connection to "database"
    When I apply this policy in the namespace "shop":
      """yaml
      metadata: { name: deny }
      spec:
        podSelector: { matchLabels: { app: database } }
        policyTypes: [Ingress]
      """
    Then the connections are:
      |          | database |
      | frontend | denied   |
    And it is reported what became of the connection that "frontend" held

  @observed
  Scenario: A Pod's own node, and the Pod itself, under default deny
    Given a Pod "on-the-node" on the node's own network, beside "database"
    And the connections are:
      |             | database |
      | on-the-node | allowed  |
      | database    | allowed  |
    When I apply this policy in the namespace "shop":
      """yaml
      metadata: { name: deny }
      spec:
        podSelector: { matchLabels: { app: database } }
        policyTypes: [Ingress, Egress]
      """
    Then the connections are:
      |          | database |
      | frontend | denied   |
    And it is reported whether "on-the-node" and "database" still reach "database"
