@security
Feature: A Pod that attacks
  Kubernetes documentation, "Network Policies": a Pod that is isolated takes in, and sends, what a policy allows and
  nothing else, whatever the packets look like. "Pod Security Standards" knows Pods that may send any packet (NET_RAW is
  among the usual capabilities of container runtimes), and "Official CVE Feed" what such Pods once could do. Of every
  attack it is proven that it was made, and that it would have been seen: what the attacker sends in the same way, and
  may arrive, does; and so does, with each burst of it, what others may send to the same port.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @policies @core
  Scenario: A Pod that may not go out does not get out through its own node's tunnel
    A network that tunnels between nodes takes such packets from its nodes alone. Every Pod may send UDP to its own node
    ("traffic to and from the node where a Pod is running is always allowed"): no capability is needed. Skipped unless
    a tunnel takes in such packets from a node.
    Given a Pod "insider" on the node's own network, beside "reports"
    And a Pod "neighbour" on the node's own network, beside "database"
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: out-to-replica }
      spec:
        podSelector: { matchLabels: { app: reports } }
        policyTypes: [Egress]
        egress: [{ to: [{ podSelector: { matchLabels: { app: replica } } }] }]
      """
    And the connections are:
      |          | database:8080/UDP | replica:8080/UDP |
      | frontend | allowed           | allowed          |
      | reports  | denied            | allowed          |
    When "reports" sends UDP as "frontend" to "database" into tunnels of "insider, neighbour", as itself to "replica"
    Then nothing of the attack has come to "database"
    And the connections are:
      |          | database:8080/UDP |
      | frontend | allowed           |

  @policies @core @more
  Scenario: A Pod that may go out does not get in through another node's tunnel
    Given a Pod "insider" on the node's own network, beside "reports"
    And a Pod "neighbour" on the node's own network, beside "database"
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    And the connections are:
      |          | database:8080/UDP | replica:8080/UDP |
      | frontend | allowed           | allowed          |
      | reports  | denied            | allowed          |
    When "reports" sends UDP as "frontend" to "database" into tunnels of "neighbour", as itself to "replica"
    Then nothing of the attack has come to "database"
    And the connections are:
      |          | database:8080/UDP |
      | frontend | allowed           |

  @core @more
  Scenario: A Pod that says it is a router does not become its node's
    "Official CVE Feed", CVE-2020-10749: of a cluster without IPv6, nodes that still speak it sent all that they could
    not place otherwise to the Pod. Whether a node takes in what a Pod sends from a link-local address is left open: it
    is a figure of the report.
    Given a Pod "insider" on the node's own network, beside "reports"
    And these Pods start in namespace "shop":
      | Pod      | labels       | node | capabilities |
      | attacker | app=attacker | 2    | NET_RAW      |
    When "attacker" says that it is an IPv6 router, and sends UDP to what "insider" serves at its address
    Then the node of "insider" has no way out through "attacker"

  @core @more @disruptive
  Scenario: What a node serves on its localhost is closed to its Pods
    "Official CVE Feed", CVE-2020-8558: programs that trust whoever reaches localhost were reached by Pods, where a
    setting of kube-proxy lets nodes route such packets.
    Given a Pod "insider" on the node's own network, beside "reports"
    And the node of "reports" routes packets for localhost, as kube-proxy leaves it
    And these Pods start in namespace "shop":
      | Pod      | labels       | node | capabilities |
      | attacker | app=attacker | 2    | NET_RAW      |
    When "attacker" sends UDP to what "insider" serves on localhost, and to what that serves at its address
    Then nothing of the attack has come to "insider"

  @extended
  Scenario: A ClusterIP stays its Service's when another Service names it as an external address
    "Virtual IPs and Service Proxies", "Avoiding collisions": nobody's actions fail "through no fault of your own", so
    every ClusterIP is one Service's alone. "Official CVE Feed", CVE-2020-8554, is what external addresses allow
    besides. Here the other Service is there first.
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080"
    And "reports" gets answers from "database" at "Service data"
    When the Service "thief" in namespace "office" for Pods labelled "app=visitor" takes the ClusterIP of "data" first
    Then "reports" gets answers from "visitor" at "Service thief"
    And "reports" gets answers from "database" at "Service data"

  @policies @core @more
  Scenario: Nobody gets in by a namespace that is too new for its labels to be known
    "Labels and Selectors": NotIn holds for what lacks the label. Of a namespace of which a node has not heard yet
    nobody can say that it lacks one: whoever may make namespaces would get in for a moment.
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: not-from-strangers }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from: [{ namespaceSelector: { matchExpressions: [{ key: team, operator: NotIn, values: [strangers] }] } }]
      """
    And the connections are:
      |         | database | database:8080/UDP |
      | reports | allowed  | allowed           |
    Given a new namespace "den" labelled "team=strangers"
    When these Pods start in namespace "den" and dial "database" from their first line on:
      | Pod      | labels       | node |
      | stranger | app=stranger | 2    |
    Then "database" has never heard from "stranger", which reaches "reports"
    And the connections are:
      |         | database | database:8080/UDP |
      | reports | allowed  | allowed           |

  @policies @core @more
  Scenario: A Pod that sends from another Pod's address is not let in as that one
    Given these Pods start in namespace "shop":
      | Pod      | labels       | node | capabilities |
      | attacker | app=attacker | 2    | NET_RAW      |
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    And the connections are:
      |          | database:8080/UDP | replica:8080/UDP |
      | frontend | allowed           | allowed          |
      | attacker | denied            | allowed          |
    When "attacker" sends UDP as "frontend" to "database", and as itself to "replica, frontend"
    Then nothing of the attack has come to "database"

  @policies @core @more
  Scenario: Fragments that replace each other do not reach a closed port
    Given these Pods start in namespace "shop":
      | Pod      | labels       | node | capabilities |
      | attacker | app=attacker | 2    | NET_RAW      |
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: another-port }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - ports: [{ port: 8081, protocol: UDP }]
          - from: [{ podSelector: { matchLabels: { app: frontend } } }]
      """
    And the connections are:
      |          | database:8080/UDP |
      | frontend | allowed           |
      | attacker | denied            |
    When "attacker" sends fragments to UDP port 8081 of "database" that become the port that "frontend" reaches
    Then nothing of the attack has come to "database"
