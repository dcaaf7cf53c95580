@services @more
Feature: EndpointSlices
  Kubernetes documentation, "EndpointSlices", and "Service", section "Services without selectors": the network follows
  what the EndpointSlices of a Service say, whoever wrote them. ServiceSpec.publishNotReadyAddresses: Pods count as
  ready there.

  Background:
    Given the namespaces:
      | namespace | labels       |
      | shop      | team=sales   |
      | office    | team=support |
    And the Pods:
      | Pod       | namespace | labels                  | node | named ports |
      | frontend  | shop      | app=frontend            | 1    |             |
      | reports   | shop      | app=reports             | 2    |             |
      | database  | shop      | app=database, tier=data | 1    | query=8081  |
      | replica   | shop      | app=replica, tier=data  | 2    | query=8082  |
      | lookalike | office    | app=frontend            | 2    |             |
      | visitor   | office    | app=visitor             | 3    |             |

  @core
  Scenario: A Service without a selector leads where its EndpointSlices say
    Given the Service "manual" in the namespace "shop" without a selector:
      | name | port | targetPort |
      | http | 80   | 8080       |
    And "visitor" is refused at once at "Service manual"
    When the EndpointSlice "manual-1" of the Service "manual" leads to "database":
      | name | port |
      | http | 8080 |
    Then "visitor" gets answers from "database" at "Service manual"
    When the EndpointSlice "manual-2" of the Service "manual" leads to "replica":
      | name | port |
      | http | 8081 |
    Then "visitor" gets answers from "database, replica" at "Service manual"

  @core
  Scenario: Each port has the Pods of its own EndpointSlice
    Given the Service "manual" in the namespace "shop" without a selector:
      | name   | port | targetPort |
      | first  | 81   | 8080       |
      | second | 82   | 8080       |
    When the EndpointSlice "manual-1" of the Service "manual" leads to "database":
      | name  | port |
      | first | 8081 |
    And the EndpointSlice "manual-2" of the Service "manual" leads to "replica":
      | name   | port |
      | second | 8082 |
    Then "visitor" gets answers from "database" at "Service manual:81"
    And "visitor" gets answers from "replica" at "Service manual:82"

  @core
  Scenario: Pods that are not ready are in where the Service says so
    Given a Deployment "web" of 2 Pods in the namespace "shop" that are ready while they say so
    And the Service "ready" in the namespace "shop" for Pods labelled "app=web":
      | port | targetPort |
      | 80   | 8080       |
    And the Service "all" in the namespace "shop" for Pods labelled "app=web", ready or not:
      | port | targetPort |
      | 80   | 8080       |
    And "visitor" gets answers from "web-1, web-2" at "Service ready"
    When "web-1" says that it is not ready
    Then "visitor" gets answers from "web-2" at "Service ready"
    And "visitor" gets answers from "web-1, web-2" at "Service all"
