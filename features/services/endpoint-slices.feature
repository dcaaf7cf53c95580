@services @more
Feature: EndpointSlices
  Kubernetes documentation, "EndpointSlices", and "Service", section "Services without selectors": the network follows
  what the EndpointSlices of a Service say, whoever wrote them. ServiceSpec.publishNotReadyAddresses: Pods count as
  ready there.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: A Service without a selector leads where its EndpointSlices say
    Given the Service "manual" in namespace "shop" without a selector, ports "http 80:8080"
    And "visitor" is refused at once at "Service manual"
    When the EndpointSlice "manual-1" of the Service "manual" leads to "database" at port 8080, named "http"
    Then "visitor" gets answers from "database" at "Service manual"
    When the EndpointSlice "manual-2" of the Service "manual" leads to "replica" at port 8081, named "http"
    Then "visitor" gets answers from "database, replica" at "Service manual"

  @core
  Scenario: Each port has the Pods of its own EndpointSlice
    Given the Service "manual" in namespace "shop" without a selector, ports "first 81:8080, second 82:8080"
    When the EndpointSlice "manual-1" of the Service "manual" leads to "database" at port 8081, named "first"
    And the EndpointSlice "manual-2" of the Service "manual" leads to "replica" at port 8082, named "second"
    Then "visitor" gets answers from "database" at "Service manual:81"
    And "visitor" gets answers from "replica" at "Service manual:82"

  @core
  Scenario: Pods that are not ready are in where the Service says so
    Given a Deployment "web" of 2 Pods in namespace "shop" that are ready while they say so
    And the Service "ready" in namespace "shop" for Pods labelled "app=web", ports "80:8080"
    And the Service "all" in namespace "shop" for Pods labelled "app=web", ports "80:8080", with:
      | publishNotReadyAddresses | true |
    And "visitor" gets answers from "web-1, web-2" at "Service ready"
    When "web-1" says that it is not ready
    Then "visitor" gets answers from "web-2" at "Service ready"
    And "visitor" gets answers from "web-1, web-2" at "Service all"
