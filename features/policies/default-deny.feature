@policies @kubelet
Feature: Default deny
  Kubernetes documentation, "Network Policies", sections "The two sorts of pod isolation" and "Default policies":
  a Pod is open until a policy selects it; from then on only what a policy names gets through, in the directions that
  the policy is about (NetworkPolicySpec.policyTypes). Answers to what was allowed come back without being named.
  Before each policy, every Pod below was seen to reach every other one.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario Outline: A policy without rules closes <what> of the Pods that it selects
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: deny }
      spec:
        podSelector: { matchLabels: { tier: data } }
        policyTypes: <types>
      """
    Then the connections are:
      |          | database | replica:8080/UDP | reports | visitor |
      | frontend | <in>     | <in>             | allowed | allowed |
      | visitor  | <in>     | <in>             | allowed | -       |
      | database | -        | <both>           | <out>   | <out>   |

    Examples:
      | what          | types             | in      | out     | both   |
      | what comes in | [Ingress]         | denied  | allowed | denied |
      | what goes out | [Egress]          | allowed | denied  | denied |
      | both ways     | [Ingress, Egress] | denied  | denied  | denied |

  @core
  Scenario: An empty podSelector selects every Pod of the policy's namespace and of no other
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: deny-all }
      spec:
        podSelector: {}
        policyTypes: [Ingress]
      """
    Then the connections are:
      |           | frontend | database | replica | lookalike | visitor |
      | frontend  | -        | denied   | denied  | allowed   | allowed |
      | lookalike | denied   | denied   | denied  | -         | allowed |

  @core @more
  Scenario: An empty podSelector closes the way out of every Pod of the policy's namespace
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: deny-all-egress }
      spec:
        podSelector: {}
        policyTypes: [Egress]
      """
    Then the connections are:
      |           | frontend | database | lookalike | visitor |
      | frontend  | -        | denied   | denied    | denied  |
      | database  | denied   | -        | denied    | denied  |
      | lookalike | allowed  | allowed  | -         | allowed |

  @core
  Scenario: Without policyTypes, rules for ingress leave egress open
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: no-types }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: []
      """
    Then the connections are:
      |          | database | frontend |
      | frontend | denied   | -        |
      | database | -        | allowed  |

  @core
  Scenario: A rule that names nobody allows everybody
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: deny }
      spec:
        podSelector: {}
        policyTypes: [Ingress]
      """
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: allow }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{}]
      """
    Then the connections are:
      |          | database | database:8080/UDP | replica |
      | frontend | allowed  | allowed           | denied  |
      | visitor  | allowed  | allowed           | denied  |

  @core @more
  Scenario: A policy selects its Pods by expressions
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: deny-some }
      spec:
        podSelector:
          matchExpressions:
            - { key: app, operator: In, values: [database, replica, reports] }
            - { key: app, operator: NotIn, values: [replica] }
        policyTypes: [Ingress]
      """
    Then the connections are:
      |         | database | reports | replica | frontend |
      | visitor | denied   | denied  | allowed | allowed  |

  @core
  Scenario: No policy closes a Pod to its own node or to itself
    "Network Policies", on what a Pod may be allowed to communicate with: "a pod cannot block access to itself", and
    "traffic to and from the node where a Pod is running is always allowed, regardless of the IP address of the Pod or
    the node".
    Given a Pod "on-the-node" on the node's own network, beside "database"
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: deny }
      spec:
        podSelector: { matchLabels: { app: database } }
        policyTypes: [Ingress, Egress]
      """
    Then the connections are:
      |             | database | database:8080/UDP | frontend |
      | frontend    | denied   | denied            | -        |
      | database    | allowed  | allowed           | denied   |
      | on-the-node | allowed  | allowed           | -        |
