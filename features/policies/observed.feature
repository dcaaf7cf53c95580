@policies
Feature: What the documentation leaves open
  Kubernetes documentation, "Network Policies": it is up to the implementation what becomes of connections that are open
  when a policy appears, and how Pods on a node's own network are treated. It is reported here, for each network, and
  not judged: such a connection is kept, cut, or cut after some time; such a Pod is denied or not.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @observed
  Scenario: A connection that is open when a policy appears
    Given "frontend" holds a connection to "database"
    When this policy is applied in namespace "shop":
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

  @observed @two-nodes @more
  Scenario: A Pod on another node's own network, where every namespace may come in
    Section "hostNetwork pods": "NetworkPolicy behaviour for hostNetwork pods is undefined, but it should be limited to
    2 possibilities": the network treats such a Pod like every other Pod, or like its node, which no selector finds.
    Given a Pod "elsewhere" on the node's own network, beside "replica"
    And the connections are:
      |           | database |
      | elsewhere | allowed  |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: every-pod }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ namespaceSelector: {} }] }]
      """
    Then the connections are:
      |           | database |
      | frontend  | allowed  |
      | visitor   | allowed  |
      | elsewhere | denied   |
