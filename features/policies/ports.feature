@policies
Feature: Ports
  Kubernetes documentation, "Network Policies", sections "Targeting a range of ports" and the API type NetworkPolicyPort
  (fields protocol, port, endPort): a rule with ports allows these and no others; a name stands for the number that the
  selected Pod gives it; the protocol is TCP unless said otherwise.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  Scenario Outline: Open to everybody on <ports>
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: ports }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ ports: <rule> }]
      """
    Then the connections are:
      |          | database:8080 | database:8081 | database:8082 | database:8080/UDP |
      | frontend | <8080>        | <8081>        | <8082>        | <udp>             |
      | visitor  | <8080>        | <8081>        | <8082>        | <udp>             |

    @core
    Examples:
      | ports                    | rule                                            | 8080    | 8081    | 8082    | udp     |
      | one port                 | [{ port: 8080 }]                                | allowed | denied  | denied  | denied  |
      | a UDP port               | [{ port: 8080, protocol: UDP }]                 | denied  | denied  | denied  | allowed |
      | two ports                | [{ port: 8080, protocol: TCP }, { port: 8082 }] | allowed | denied  | allowed | denied  |
      | every port of a protocol | [{ protocol: TCP }]                             | allowed | allowed | allowed | denied  |

    @core @more
    Examples: rules that open nothing which is probed, and isolate all the same
      | ports                       | rule                             | 8080   | 8081   | 8082   | udp    |
      | an SCTP port                | [{ port: 8080, protocol: SCTP }] | denied | denied | denied | denied |
      | a port that nobody serves   | [{ port: 9999 }]                 | denied | denied | denied | denied |
      | a name that no port has     | [{ port: nothing }]              | denied | denied | denied | denied |
      | a TCP port's name, over UDP | [{ port: query, protocol: UDP }] | denied | denied | denied | denied |

    @core @more
    Examples: more than one entry
      | ports               | rule                                            | 8080    | 8081    | 8082   | udp     |
      | every UDP port      | [{ protocol: UDP }]                             | denied  | denied  | denied | allowed |
      | a number and a name | [{ port: 8080 }, { port: query }]               | allowed | allowed | denied | denied  |
      | TCP and UDP         | [{ port: 8081 }, { port: 8080, protocol: UDP }] | denied  | allowed | denied | allowed |

    @extended
    Examples: ranges (NetworkPolicyPort.endPort)
      | ports   | rule                                           | 8080   | 8081    | 8082    | udp    |
      | a range | [{ port: 8081, endPort: 8082, protocol: TCP }] | denied | allowed | allowed | denied |

  Scenario Outline: The way out is open on <ports>
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: ports-out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [{ ports: <rule> }]
      """
    Then the connections are:
      |          | database:8080 | database:8081 | database:8082 | visitor:8080/UDP |
      | frontend | <8080>        | <8081>        | <8082>        | <udp>            |

    @core @more
    Examples:
      | ports                       | rule                                             | 8080    | 8081    | 8082    | udp     |
      | one port                    | [{ port: 8080 }]                                 | allowed | denied  | denied  | denied  |
      | a UDP port                  | [{ port: 8080, protocol: UDP }]                  | denied  | denied  | denied  | allowed |
      | two ports                   | [{ port: 8080, protocol: TCP }, { port: query }] | allowed | allowed | denied  | denied  |
      | every port of a protocol    | [{ protocol: TCP }]                              | allowed | allowed | allowed | denied  |
      | an SCTP port                | [{ port: 8080, protocol: SCTP }]                 | denied  | denied  | denied  | denied  |
      | a port that nobody serves   | [{ port: 9999 }]                                 | denied  | denied  | denied  | denied  |
      | a name that no port has     | [{ port: nothing }]                              | denied  | denied  | denied  | denied  |
      | a TCP port's name, over UDP | [{ port: query, protocol: UDP }]                 | denied  | denied  | denied  | denied  |

    @extended @more
    Examples: ranges (NetworkPolicyPort.endPort)
      | ports   | rule                                           | 8080   | 8081    | 8082    | udp    |
      | a range | [{ port: 8081, endPort: 8082, protocol: TCP }] | denied | allowed | allowed | denied |

  @core @more
  Scenario: Closed, and opened on every port when none is named
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: nothing-comes-in }
      spec:
        podSelector: { matchLabels: { app: database } }
        policyTypes: [Ingress]
      """
    Then the connections are:
      |          | database:8080 | database:8082 | database:8080/UDP |
      | frontend | denied        | denied        | denied            |
      | visitor  | denied        | denied        | denied            |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: every-port }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ ports: [] }]
      """
    Then the connections are:
      |          | database:8080 | database:8082 | database:8080/UDP |
      | frontend | allowed       | allowed       | allowed           |
      | visitor  | allowed       | allowed       | allowed           |

  @core @more
  Scenario: Shut in, and let out on every port when none is named
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: nothing-goes-out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
      """
    Then the connections are:
      |          | database:8080 | database:8082 | visitor:8080/UDP |
      | frontend | denied        | denied        | denied           |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: every-port-out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [{ ports: [] }]
      """
    Then the connections are:
      |          | database:8080 | database:8082 | visitor:8080/UDP |
      | frontend | allowed       | allowed       | allowed          |

  @core @more
  Scenario: One named port is open to one namespace
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: named-port-for-support }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from: [{ namespaceSelector: { matchLabels: { team: support } } }]
            ports: [{ port: query, protocol: TCP }]
      """
    Then the connections are:
      |          | database:8080 | database:8081 | database:8080/UDP |
      | visitor  | denied        | allowed       | denied            |
      | frontend | denied        | denied        | denied            |

  @core @more
  Scenario: One UDP port is open to some Pods of another namespace
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: udp-for-a-few }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from:
              - namespaceSelector: { matchLabels: { team: support } }
                podSelector: { matchLabels: { app: frontend } }
            ports: [{ port: 8080, protocol: UDP }]
      """
    Then the connections are:
      |           | database:8080/UDP | database:8080 |
      | lookalike | allowed           | denied        |
      | visitor   | denied            | denied        |
      | frontend  | denied            | denied        |

  @core
  Scenario: A port's name means another number in each Pod
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: named-port }
      spec:
        podSelector: { matchLabels: { tier: data } }
        ingress:
          - from: [{ podSelector: { matchLabels: { app: frontend } } }]
            ports: [{ port: query }]
      """
    Then the connections are:
      |          | database:8081 | database:8082 | replica:8081 | replica:8082 |
      | frontend | allowed       | denied        | denied       | allowed      |
      | reports  | denied        | denied        | denied       | denied       |

  @core
  Scenario: On the way out, a port's name means the number at the other end
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: named-port-out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress:
          - to: [{ podSelector: { matchLabels: { tier: data } } }]
            ports: [{ port: query }]
      """
    Then the connections are:
      |          | database:8081 | database:8082 | replica:8081 | replica:8082 | reports:8081 |
      | frontend | allowed       | denied        | denied       | allowed      | denied       |

  @core
  Scenario: Peers and ports of one rule go together
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: each-its-own }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from: [{ podSelector: { matchLabels: { app: frontend } } }]
            ports: [{ port: 8080 }]
          - from: [{ podSelector: { matchLabels: { app: reports } } }]
            ports: [{ port: 8081 }]
      """
    Then the connections are:
      |          | database:8080 | database:8081 | database:8082 |
      | frontend | allowed       | denied        | denied        |
      | reports  | denied        | allowed       | denied        |
      | visitor  | denied        | denied        | denied        |
