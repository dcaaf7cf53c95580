@policies @more
Feature: Policies work together
  Kubernetes documentation, "Network Policies", section "The two sorts of pod isolation": the policies that select a Pod
  add up, in each direction by itself; their order has no influence. A connection must be let out by its source and let
  in by its destination. Nothing that one rule leaves out takes away what another one allows. An ipBlock "should be
  cluster-external": one that lets Pods through by their addresses is nothing that every network has to support.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  Scenario Outline: What comes in under two policies: <one>, and <other>
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: one }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [<first>]
      """
    Then the connections are:
      |          | database | replica |
      | frontend | denied   | allowed |
      | visitor  | denied   | allowed |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: other }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [<second>]
      """
    Then the connections are:
      |          | database   | replica |
      | frontend | <database> | allowed |
      | visitor  | <database> | allowed |

    @core
    Examples:
      | one                        | first                                           | other      | second                                | database |
      | nothing                    |                                                 | every Pod  | { from: [{ namespaceSelector: {} }] } | allowed  |
      | an address that nobody has | { from: [{ ipBlock: { cidr: 192.0.2.0/24 } }] } | every Pod  | { from: [{ namespaceSelector: {} }] } | allowed  |
      | another port               | { ports: [{ port: 8081 }] }                     | everything | {}                                    | allowed  |

    @extended
    Examples: blocks that hold the Pods' addresses
      | one                     | first                                             | other         | second                                       | database |
      | nothing                 |                                                   | every address | { from: [{ ipBlock: { cidr: 0.0.0.0/0 } }] } | allowed  |
      | Pods that there are not | { from: [{ namespaceSelector: $(team=nobody) }] } | every address | { from: [{ ipBlock: { cidr: 0.0.0.0/0 } }] } | allowed  |

  @core
  Scenario: What comes in under two policies: an address that nobody has, and Pods that there are not
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: one }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ ipBlock: { cidr: 192.0.2.0/24 } }] }]
      """
    Then the connections are:
      |          | database | replica |
      | frontend | denied   | allowed |
      | visitor  | denied   | allowed |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: other }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: nobody } } }] }]
      """
    Then the connections are:
      |          | database | replica |
      | frontend | denied   | allowed |
      | visitor  | denied   | allowed |

  Scenario Outline: What goes out under two policies: <one>, and <other>
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: one }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [<first>]
      """
    Then the connections are:
      |          | database | visitor |
      | frontend | denied   | denied  |
      | reports  | allowed  | allowed |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: other }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [<second>]
      """
    Then the connections are:
      |          | database   | visitor    |
      | frontend | <anywhere> | <anywhere> |
      | reports  | allowed    | allowed    |

    @core
    Examples:
      | one                        | first                                         | other      | second                              | anywhere |
      | nothing                    |                                               | everything | {}                                  | allowed  |
      | nothing                    |                                               | every Pod  | { to: [{ namespaceSelector: {} }] } | allowed  |
      | an address that nobody has | { to: [{ ipBlock: { cidr: 192.0.2.0/24 } }] } | every Pod  | { to: [{ namespaceSelector: {} }] } | allowed  |
      | another port               | { ports: [{ port: 8081 }] }                   | everything | {}                                  | allowed  |

    @extended
    Examples: blocks that hold the Pods' addresses
      | one                     | first                                           | other         | second                                     | anywhere |
      | nothing                 |                                                 | every address | { to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] } | allowed  |
      | Pods that there are not | { to: [{ namespaceSelector: $(team=nobody) }] } | every address | { to: [{ ipBlock: { cidr: 0.0.0.0/0 } }] } | allowed  |

  @core
  Scenario: What goes out under two policies: an address that nobody has, and Pods that there are not
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: one }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [{ to: [{ ipBlock: { cidr: 192.0.2.0/24 } }] }]
      """
    Then the connections are:
      |          | database | visitor |
      | frontend | denied   | denied  |
      | reports  | allowed  | allowed |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: other }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [{ to: [{ namespaceSelector: { matchLabels: { team: nobody } } }] }]
      """
    Then the connections are:
      |          | database | visitor |
      | frontend | denied   | denied  |
      | reports  | allowed  | allowed |

  @core
  Scenario: A connection must be let out and let in
    The database's namespace lets the frontend in to both; the frontend's own policy lets it out to one of them.
    When this policy is applied in namespace "office":
      """yaml
      metadata: { name: let-in }
      spec:
        podSelector: {}
        ingress:
          - from:
              - namespaceSelector: { matchLabels: { team: sales } }
                podSelector: { matchLabels: { app: frontend } }
      """
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: let-out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress:
          - to:
              - namespaceSelector: { matchLabels: { team: support } }
                podSelector: { matchLabels: { app: visitor } }
      """
    Then the connections are:
      |          | visitor | lookalike | database |
      | frontend | allowed | denied    | denied   |
      | reports  | denied  | denied    | allowed  |

  @core
  Scenario: What is let out may be kept out at the other end
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [{}]
      """
    And this policy is applied in namespace "office":
      """yaml
      metadata: { name: closed }
      spec:
        podSelector: { matchLabels: { app: visitor } }
        policyTypes: [Ingress]
      """
    Then the connections are:
      |          | visitor | lookalike | database |
      | frontend | denied  | allowed   | allowed  |

  @core
  Scenario: One policy with rules for both directions
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: both }
      spec:
        podSelector: { matchLabels: { app: database } }
        policyTypes: [Ingress, Egress]
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
        egress: [{ ports: [{ port: 8080 }] }]
      """
    Then the connections are:
      |          | database:8080 | database:8081 | reports:8080 | reports:8081 | visitor:8080 |
      | frontend | allowed       | allowed       | allowed      | allowed      | allowed      |
      | reports  | denied        | denied        | -            | -            | allowed      |
      | database | -             | -             | allowed      | denied       | allowed      |

  @core
  Scenario: Both directions are isolated each by itself
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: out-anywhere }
      spec:
        podSelector: { matchLabels: { app: database } }
        policyTypes: [Egress]
        egress: [{}]
      """
    Then the connections are:
      |          | database | frontend |
      | frontend | allowed  | -        |
      | database | -        | allowed  |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: nothing-comes-in }
      spec:
        podSelector: { matchLabels: { app: database } }
        policyTypes: [Ingress]
      """
    Then the connections are:
      |          | database | frontend |
      | frontend | denied   | -        |
      | database | -        | allowed  |

  @core
  Scenario: A second policy opens another port
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: first-port }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: support } } }], ports: [{ port: 8081 }] }]
      """
    Then the connections are:
      |          | database:8080 | database:8081 |
      | visitor  | denied        | allowed       |
      | frontend | denied        | denied        |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: second-port }
      spec:
        podSelector: { matchLabels: { tier: data } }
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: support } } }], ports: [{ port: 8080 }] }]
      """
    Then the connections are:
      |          | database:8080 | database:8081 | replica:8081 |
      | visitor  | allowed       | allowed       | denied       |
      | frontend | denied        | denied        | denied       |

  @core
  Scenario: From everything to nothing and back
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: changing }
      spec:
        podSelector: {}
        ingress: [{}]
      """
    Then the connections are:
      |          | database | replica:8080/UDP |
      | frontend | allowed  | allowed          |
      | visitor  | allowed  | allowed          |
    When the policy in namespace "shop" is changed to:
      """yaml
      metadata: { name: changing }
      spec:
        podSelector: {}
        policyTypes: [Ingress]
      """
    Then the connections are:
      |          | database | replica:8080/UDP |
      | frontend | denied   | denied           |
      | visitor  | denied   | denied           |
    When the policy in namespace "shop" is changed to:
      """yaml
      metadata: { name: changing }
      spec:
        podSelector: {}
        ingress: [{}]
      """
    Then the connections are:
      |          | database | replica:8080/UDP |
      | frontend | allowed  | allowed          |
      | visitor  | allowed  | allowed          |
