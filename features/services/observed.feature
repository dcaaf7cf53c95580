@services
Feature: What the documentation of Services leaves open
  Kubernetes documentation, "Virtual IPs and Service Proxies": nodes learn of a Service from the API, a moment after it
  was made. What becomes of a connection that is begun in that moment is reported here, for each network, and not
  judged: it is made when its client sends again, or the node goes on to treat it as one to an address that is nobody's.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @observed @more
  Scenario: A connection that is begun before its Service is there
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the connections are:
      |          | Service data:80 |
      | frontend | allowed         |
    And the Service "data" is deleted
    And the connections are:
      |          | Service data:80 |
      | frontend | denied          |
    When "frontend" dials the Service "data" a moment before it is made again
    Then the connections are:
      |          | Service data:80 |
      | frontend | allowed         |
    And it is reported what became of that connection
