@nodes @disruptive @policy @two-nodes @kubelet
Feature: Accidents on a node
  Kubernetes documentation, "Network Policies" and "Services, Load Balancing, and Networking": Pods are isolated by
  their policies, and reach each other and Services, at every moment. Other programs on a node can take away what the
  network needs for that. Nothing says how soon it must be back: it has to be within the time of any other change, and
  how long Pods were open or cut off is measured.

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
  Scenario Outline: Another program takes away <what>, and they are back
    Given the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |
    When another program takes away "<what>" on the node of "replica"
    Then the connections are:
      |           | database | replica | Service data:80 |
      | frontend  | allowed  | allowed | allowed         |
      | reports   | denied   | denied  | denied          |
      | lookalike | denied   | denied  | denied          |
      | visitor   | denied   | denied  | denied          |

    Examples:
      | what                    |
      | all rules               |
      | the rules in all chains |
      | the routes to Pods      |

    @more
    Examples:
      | what                     |
      | the elements of all sets |

  @extended
  Scenario: What another program drops is either let through or said
    Given the connections are:
      |          | replica |
      | frontend | allowed |
      | reports  | denied  |
    When another program drops all that the node of "replica" forwards
    Then "frontend" still reaches "replica", or the cluster is told what is in the way
    When that program gives way
    Then the connections are:
      |          | replica |
      | frontend | allowed |
      | reports  | denied  |
