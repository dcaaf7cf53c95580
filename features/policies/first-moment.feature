@policies
Feature: From the first moment and to the last
  Kubernetes documentation, "Network Policies", section "Pod lifecycle": when a new Pod is created, the policies that
  isolate it are in force before it is started, and what lets it through may come a little later. An address is only as
  good as the Pod that has it.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core @kubelet
  Scenario: A Pod that dials from its first millisecond is isolated from its first millisecond
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    And the connections are:
      |         | database |
      | reports | denied   |
    When these Pods start in namespace "shop" and dial "database" from their first line on:
      | Pod      | labels       |
      | intruder | app=intruder |
      | second   | app=frontend |
    Then "database" has heard from "second"
    But "database" has never heard from "intruder", which reaches "reports"

  @core @kubelet
  Scenario: A Pod that may not go out does not get out in its first millisecond
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: no-way-out }
      spec:
        podSelector: { matchLabels: { app: captive } }
        policyTypes: [Egress]
      """
    When these Pods start in namespace "shop" and dial "database" from their first line on:
      | Pod     | labels      |
      | captive | app=captive |
      | free    | app=free    |
    Then "database" has heard from "free"
    But "database" has never heard from "captive", which "frontend" reaches

  @core @churn @starts @exclusive
  Scenario: Of fifty Pods that start, not one lets a packet through in its first moment
    Isolation that comes a few milliseconds late is missed by a single start. Each of these calls whom it may call as
    well, is called back at once, and may not be reached. It runs alone: fifty starts at once take a small machine from
    its neighbours for longer than they wait for an answer.
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: newcomers }
      spec:
        podSelector: { matchLabels: { app: newcomer } }
        policyTypes: [Ingress, Egress]
        egress: [{ to: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    When 50 Pods labelled "app=newcomer" start in namespace "shop", dial "database" and "frontend", which dials back
    Then not one packet got through to "database" or to one of them
    And the connections are:
      |          | database |
      | frontend | allowed  |

  @core @churn
  Scenario: An address that is used again carries no old permissions
    Many Pods come and go until the addresses come around again.
    Given this policy is applied in namespace "shop":
      """yaml
      metadata: { name: frontend-only }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress: [{ from: [{ podSelector: { matchLabels: { app: frontend } } }] }]
      """
    When these Pods start in namespace "shop":
      | Pod     | labels       | node | restarts |
      | deleted | app=frontend | 1    | always   |
      | ended   | app=frontend | 1    | never    |
    Then the connections are:
      |         | database |
      | deleted | allowed  |
      | ended   | allowed  |
      | reports | denied   |
    When the Pod "deleted" is deleted, the Pod "ended" ends, and their addresses go to new Pods labelled "app=heir":
      | address of | new Pod |
      | deleted    | heir-1  |
      | ended      | heir-2  |
    Then the connections are:
      |          | database |
      | heir-1   | denied   |
      | heir-2   | denied   |
      | frontend | allowed  |
