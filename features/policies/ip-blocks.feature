@policies
Feature: Address blocks
  Kubernetes documentation, "Network Policies", ipBlock (API type IPBlock, fields cidr and except): addresses in the
  block are let through, those in one of its exceptions are not. "These should be cluster-external IPs, since Pod IPs
  are ephemeral and unpredictable": the blocks below name Pods' addresses ($(visitor) is that Pod's), which networks
  need not support.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @extended
  Scenario: One address may come in
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: one-address }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from: [{ ipBlock: { cidr: $(visitor)/32 } }]
      """
    Then the connections are:
      |           | database |
      | visitor   | allowed  |
      | lookalike | denied   |
      | frontend  | denied   |

  @extended
  Scenario: Everybody may come in except one address
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: all-but-one }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from: [{ ipBlock: { cidr: 0.0.0.0/0, except: [$(visitor)/32] } }]
      """
    Then the connections are:
      |           | database |
      | visitor   | denied   |
      | lookalike | allowed  |
      | frontend  | allowed  |

  @extended
  Scenario: An exception binds only its own block
    Another rule that lets the same address in still does: rules add up.
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: excepted-and-allowed }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from: [{ ipBlock: { cidr: 0.0.0.0/0, except: [$(visitor)/32, $(frontend)/32] } }]
          - from: [{ ipBlock: { cidr: $(visitor)/32 } }]
      """
    Then the connections are:
      |          | database |
      | visitor  | allowed  |
      | frontend | denied   |
      | reports  | allowed  |

  @extended
  Scenario: The way out is open except to one address
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: out-but-one }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress:
          - to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [$(database)/32] } }]
      """
    Then the connections are:
      |          | database | replica | visitor |
      | frontend | denied   | allowed | allowed |
      | reports  | allowed  | allowed | allowed |
