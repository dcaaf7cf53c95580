@policies
Feature: Policies and what they select change
  Kubernetes documentation, "Network Policies": policies add up and have no order; the rules in force are those of the
  policies, labels and namespaces that there are now (section "Pod lifecycle" for Pods that start under a policy). Each
  step measures how long the network took, and for how long it let through what it should not have.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: Two policies for the same Pod add up
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-to-database }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: support-to-database }
      spec:
        podSelector: { matchLabels: { tier: data } }
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: support } } }], ports: [{ port: 8081 }] }]
      """
    Then the connections are:
      |          | database:8080 | database:8081 | replica:8080 | replica:8081 |
      | frontend | allowed       | allowed       | denied       | denied       |
      | visitor  | denied        | allowed       | denied       | allowed      |
      | reports  | denied        | denied        | denied       | denied       |

  @core
  Scenario: A policy is changed, and then deleted
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: database-clients }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    Then the connections are:
      |          | database |
      | frontend | allowed  |
      | reports  | denied   |
    When the policy in namespace "shop" is changed to:
      """yaml
      metadata: { name: database-clients }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: reports } } }] }]
      """
    Then the connections are:
      |          | database |
      | frontend | denied   |
      | reports  | allowed  |
    When the policy "database-clients" of namespace "shop" is deleted
    Then the connections are:
      |          | database |
      | frontend | allowed  |
      | reports  | allowed  |

  @core
  Scenario: A Pod is let in by its label for as long as it wears it
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: database-clients }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { trusted: "yes" } } }] }]
      """
    And the connections are:
      |         | database |
      | reports | denied   |
    When the Pod "reports" gets the label "trusted=yes"
    Then the connections are:
      |          | database |
      | reports  | allowed  |
      | frontend | denied   |
    When the Pod "reports" loses the label "trusted"
    Then the connections are:
      |          | database |
      | reports  | denied   |
      | frontend | denied   |

  @core
  Scenario: A Pod is isolated from when it gets the label that a policy selects
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: quarantine }
      spec:
        podSelector: { matchLabels: { quarantine: "yes" } }
        policyTypes: [Ingress, Egress]
      """
    When the Pod "reports" gets the label "quarantine=yes"
    Then the connections are:
      |          | reports | database |
      | reports  | -       | denied   |
      | frontend | denied  | allowed  |
    When the Pod "reports" loses the label "quarantine"
    Then the connections are:
      |          | reports | database |
      | reports  | -       | allowed  |
      | frontend | allowed | allowed  |

  @core
  Scenario: A namespace is let in by its label for as long as it wears it
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: partners }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { partner: "yes" } } }] }]
      """
    And the connections are:
      |         | database |
      | visitor | denied   |
    When the namespace "office" gets the label "partner=yes"
    Then the connections are:
      |           | database |
      | visitor   | allowed  |
      | lookalike | allowed  |
      | frontend  | denied   |
    When the namespace "office" loses the label "partner"
    Then the connections are:
      |           | database |
      | visitor   | denied   |
      | lookalike | denied   |

  @core
  Scenario: A Pod that starts later is under the policy that was there before it
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { tier: data } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    And the connections are:
      |         | database |
      | reports | denied   |
    When these Pods start in namespace "shop":
      | Pod        | labels             |
      | frontend-2 | app=frontend       |
      | intruder   | app=intruder       |
      | database-2 | app=new, tier=data |
    Then the connections are:
      |            | database | database-2 | reports |
      | frontend   | allowed  | allowed    | allowed |
      | frontend-2 | allowed  | allowed    | allowed |
      | intruder   | denied   | denied     | allowed |
      | reports    | denied   | denied     | -       |
