@policies
Feature: Policies, Services and names
  Kubernetes documentation, "Network Policies" and "Service": a policy is about Pods. A connection to a Service is
  judged by the Pod behind it and by that Pod's port, not by the Service's address and port.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: A policy holds through the Service's address and name
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the connections are:
      |          | Service data:80 | name data.shop:80 |
      | frontend | allowed         | allowed           |
      | visitor  | allowed         | allowed           |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { tier: data } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }], ports: [{ port: 8080 }] }]
      """
    Then the connections are:
      |          | Service data:80 | name data.shop:80 | database | replica |
      | frontend | allowed         | allowed           | allowed  | allowed |
      | reports  | denied          | denied            | denied   | denied  |
      | visitor  | denied          | denied            | denied   | denied  |

  @core
  Scenario: The way out to a Service is the way out to its Pods
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the connections are:
      |          | Service data:80 |
      | frontend | allowed         |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: out-to-data }
      spec:
        podSelector: { matchLabels: { team: web } }
        policyTypes: [Egress]
        egress: [{ to: [{ podSelector: { matchLabels: { tier: data } } }], ports: [{ port: 8080 }] }]
      """
    And the Pod "frontend" gets the label "team=web"
    Then the connections are:
      |          | Service data:80 | database | database:8081 | reports |
      | frontend | allowed         | allowed  | denied        | denied  |

  @core
  Scenario: Names are not resolved under default-deny egress until DNS is let out
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And "frontend" resolves "data"
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: closed }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
      """
    Then "frontend" no longer resolves "data"
    And "reports" resolves "data"
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: dns }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress:
          - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
      """
    Then "frontend" resolves "data"
    And the connections are:
      |          | Service data:80 | database |
      | frontend | denied          | denied   |

  @extended @more
  Scenario: Names are resolved where the way out leads to the DNS Pods alone
    Given the names of the cluster come from Pods in kube-system that are labelled "k8s-app=kube-dns"
    And the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And "frontend" resolves "data"
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: other-pods }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress:
          - to:
              - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
                podSelector: { matchLabels: { k8s-app: not-dns } }
      """
    Then "frontend" no longer resolves "data"
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: dns-pods }
      spec:
        podSelector: { matchLabels: { app: frontend } }
        policyTypes: [Egress]
        egress:
          - to:
              - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
                podSelector: { matchLabels: { k8s-app: kube-dns } }
            ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
      """
    Then "frontend" resolves "data"
    And the connections are:
      |          | Service data:80 | database |
      | frontend | denied          | denied   |
