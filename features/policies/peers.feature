@policies
Feature: Who may come in, and where to go
  Kubernetes documentation, "Network Policies", section "Behavior of to and from selectors" (NetworkPolicyPeer): a
  podSelector alone means Pods of the policy's own namespace, a namespaceSelector alone means every Pod of the
  namespaces, both in one entry mean those Pods in those namespaces, and several entries add up. Label selectors work as
  everywhere ("Labels and Selectors", matchLabels and matchExpressions).

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  Scenario Outline: Into the database come <whom>
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: database-clients }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [<peers>] }]
      """
    Then the connections are:
      |           | database    | replica |
      | frontend  | <frontend>  | allowed |
      | reports   | <reports>   | allowed |
      | lookalike | <lookalike> | allowed |
      | visitor   | <visitor>   | allowed |

    @core
    Examples:
      | whom                                  | peers                                                   | frontend | reports | lookalike | visitor |
      | Pods with a label                     | { podSelector: $(app=frontend) }                        | allowed  | denied  | denied    | denied  |
      | all Pods of the own namespace         | { podSelector: {} }                                     | allowed  | allowed | denied    | denied  |
      | all Pods of a labelled namespace      | { namespaceSelector: $(team=support) }                  | denied   | denied  | allowed   | allowed |
      | labelled Pods of a labelled namespace | { namespaceSelector: $(team=support), podSelector: $(app=frontend) } | denied | denied | allowed | denied |
      | either of two peers | { namespaceSelector: $(team=support) }, { podSelector: $(app=frontend) } | allowed | denied | allowed | allowed |
      | labelled Pods of every namespace      | { namespaceSelector: {}, podSelector: $(app=frontend) } | allowed  | denied  | allowed   | denied  |
      | Pods whose label is in a list         | { podSelector: $(app in (frontend, reports)) }          | allowed  | allowed | denied    | denied  |
      | namespaces whose label is not a value | { namespaceSelector: $(team!=support) }                 | allowed  | allowed | denied    | denied  |

    @core @more
    Examples: the other ways to say it
      | whom                             | peers                                                             | frontend | reports | lookalike | visitor |
      | any Pods of a labelled namespace | { namespaceSelector: $(team=support), podSelector: {} }           | denied   | denied  | allowed   | allowed |
      | either of two labels             | { podSelector: $(app=frontend) }, { podSelector: $(app=reports) } | allowed  | allowed | denied    | denied  |
      | some Pods of other namespaces | { namespaceSelector: $(team!=sales), podSelector: $(app in (frontend, reports)) } | denied | denied | allowed | denied |
      | a namespace by its name          | { namespaceSelector: $(kubernetes.io/metadata.name=$(namespace office)) } | denied | denied | allowed | allowed |
      | namespaces but one, by its name  | { namespaceSelector: $(kubernetes.io/metadata.name!=$(namespace office)) } | allowed | allowed | denied | denied |

    @extended @more
    Examples: Pods' addresses, though blocks "should be cluster-external IPs"
      | whom                            | peers                                                                  | frontend | reports | lookalike | visitor |
      | an address or Pods with a label | { ipBlock: { cidr: $(visitor)/32 } }, { podSelector: $(app=frontend) } | allowed  | denied  | denied    | allowed |

  Scenario Outline: Into the closed database come <whom>
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: nothing-comes-in }
      spec:
        podSelector: { matchLabels: { app: database } }
        policyTypes: [Ingress]
      """
    Then the connections are:
      |           | database | replica |
      | frontend  | denied   | allowed |
      | lookalike | denied   | allowed |
      | visitor   | denied   | allowed |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: database-clients }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [<peers>] }]
      """
    Then the connections are:
      |           | database | replica |
      | frontend  | allowed  | allowed |
      | lookalike | allowed  | allowed |
      | visitor   | allowed  | allowed |

    @core @more
    Examples:
      | whom                           | peers                                                                          |
      | everybody when nobody is named |                                                                                |
      | all Pods of every namespace    | { namespaceSelector: {} }                                                      |
      | all Pods, said twice           | { namespaceSelector: {}, podSelector: {} }                                     |
      | namespaces that have a label   | { namespaceSelector: { matchExpressions: [{ key: team, operator: Exists }] } } |

    @extended @more
    Examples: Pods' addresses, though blocks "should be cluster-external IPs"
      | whom                            | peers                                                                                             |
      | all but an address, or that Pod | { ipBlock: { cidr: 0.0.0.0/0, except: [$(visitor)/32] } }, { namespaceSelector: $(team=support) } |

  Scenario Outline: The frontend may go out to <whom>
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-goes-out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [{ to: [<peers>] }]
      """
    Then the connections are:
      |           | frontend | database   | reports   | lookalike   | visitor   |
      | frontend  | -        | <database> | <reports> | <lookalike> | <visitor> |
      | lookalike | allowed  | allowed    | allowed   | -           | allowed   |

    @core
    Examples:
      | whom                             | peers                                            | database | reports | lookalike | visitor |
      | Pods with a label                | { podSelector: $(tier=data) }                    | allowed  | denied  | denied    | denied  |
      | all Pods of a labelled namespace | { namespaceSelector: $(team=support) }           | denied   | denied  | allowed   | allowed |
      | Pods that lack a label, anywhere | { namespaceSelector: {}, podSelector: $(!tier) } | denied   | allowed | allowed   | allowed |

    @core @more
    Examples: the other ways to say it
      | whom                             | peers                                                   | database | reports | lookalike | visitor |
      | all Pods of the own namespace    | { podSelector: {} }                                     | allowed  | allowed | denied    | denied  |
      | labelled Pods of every namespace | { namespaceSelector: {}, podSelector: $(app=frontend) } | denied   | denied  | allowed   | denied  |
      | any Pods of a labelled namespace | { namespaceSelector: $(team=support), podSelector: {} } | denied   | denied  | allowed   | allowed |
      | labelled Pods of a labelled namespace | { namespaceSelector: $(team=support), podSelector: $(app=frontend) } | denied | denied | allowed | denied |
      | a namespace by its name          | { namespaceSelector: $(kubernetes.io/metadata.name=$(namespace office)) } | denied | denied | allowed | allowed |
      | namespaces but one, by its name  | { namespaceSelector: $(kubernetes.io/metadata.name!=$(namespace office)) } | allowed | allowed | denied | denied |

    @extended @more
    Examples: Pods' addresses, though blocks "should be cluster-external IPs"
      | whom                            | peers                                                                 | database | reports | lookalike | visitor |
      | an address                      | { ipBlock: { cidr: $(visitor)/32 } }                                  | denied   | denied  | denied    | allowed |
      | an address or Pods with a label | { ipBlock: { cidr: $(visitor)/32 } }, { podSelector: $(app=reports) } | denied   | allowed | denied    | allowed |

  Scenario Outline: The frontend that was shut in may go out to <whom>
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: nothing-goes-out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
      """
    Then the connections are:
      |           | database | reports | visitor |
      | frontend  | denied   | denied  | denied  |
      | lookalike | allowed  | allowed | allowed |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-goes-out }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [{ to: [<peers>] }]
      """
    Then the connections are:
      |           | database | reports | visitor |
      | frontend  | allowed  | allowed | allowed |
      | lookalike | allowed  | allowed | allowed |

    @core @more
    Examples:
      | whom                           | peers                                      |
      | everybody when nobody is named |                                            |
      | all Pods of every namespace    | { namespaceSelector: {} }                  |
      | all Pods, said twice           | { namespaceSelector: {}, podSelector: {} } |

  @core @more
  Scenario: Every namespace means every Pod, and not the world
    API type NetworkPolicyPeer: an empty namespaceSelector "selects all namespaces", and the rule then "all pods in the
    selected namespaces". What is behind the Service "kubernetes" is none of them, unless it is a Pod.
    Given the API server is no Pod
    And "frontend, reports, visitor" reach the API server at the Service "kubernetes"
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: every-pod }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress: [{ to: [{ namespaceSelector: {} }] }]
      """
    Then "frontend" no longer reaches the API server at the Service "kubernetes", and "reports" does
    And the connections are:
      |          | database | replica | visitor |
      | frontend | allowed  | allowed | allowed |
