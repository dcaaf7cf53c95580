@services @kubelet
Feature: The Pods behind a Service change
  Kubernetes documentation, "Service", "EndpointSlices" (conditions ready, serving, terminating) and "Virtual IPs and
  Service Proxies": a Service follows its Pods; those that are not ready get no new connections; clients need know
  nothing of it.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: New connections reach a Pod that is added, and no longer one that is taken away
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080"
    And "visitor" gets answers from "database" at "Service data"
    When the Service "data" selects "tier=data" instead
    Then "visitor" gets answers from "database, replica" at "Service data"
    When the Service "data" selects "app=replica" instead
    Then "visitor" gets answers from "replica" at "Service data"

  @core
  Scenario: A connection that is open when a Pod is added stays where it is
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080"
    And "visitor" gets answers from "database" at "Service data"
    And "visitor" holds a connection to "Service data"
    When the Service "data" selects "tier=data" instead
    Then "visitor" gets answers from "database, replica" at "Service data"
    And the connection that "visitor" holds goes on with "database"

  @core
  Scenario: A UDP client is not left with a Pod that has gone from the Service
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080/UDP"
    And "visitor" sends datagrams from one port to "Service data:80/UDP" and gets answers from "database"
    When the Service "data" selects "app=replica" instead
    Then the datagrams that "visitor" sends are answered by "replica"

  @core
  Scenario: A Pod that says that it is not ready gets no new connections
    Given a Deployment "web" of 2 Pods in namespace "shop" that are ready while they say so
    And the Service "web" in namespace "shop" for Pods labelled "app=web", ports "80:8080"
    And "visitor" gets answers from "web-1, web-2" at "Service web"
    When "web-1" says that it is not ready
    Then "visitor" gets answers from "web-2" at "Service web"
    When "web-1" says that it is ready
    Then "visitor" gets answers from "web-1, web-2" at "Service web"

  @core
  Scenario: The address stays while every Pod behind it is replaced
    Given a Deployment "web" of 2 Pods in namespace "shop"
    And the Service "web" in namespace "shop" for Pods labelled "app=web", ports "80:8080"
    And "visitor" gets answers from "web-1, web-2" at "Service web"
    And "frontend" asks "Service web" every 20 ms from now on
    When every Pod of the Deployment "web" is replaced
    Then the Service "web" has the address that it had
    And "visitor" gets answers from "web-1, web-2" at "Service web"
    And it is reported how many requests of "frontend" were lost

  @core
  Scenario: Scaled to zero and back
    Given a Deployment "web" of 1 Pod in namespace "shop"
    And the Service "web" in namespace "shop" for Pods labelled "app=web", ports "80:8080"
    And "visitor" gets answers from "web-1" at "Service web"
    When the Deployment "web" is scaled to 0 Pods
    Then "visitor" is refused at once at "Service web"
    When the Deployment "web" is scaled to 2 Pods
    Then "visitor" gets answers from "web-1, web-2" at "Service web"
