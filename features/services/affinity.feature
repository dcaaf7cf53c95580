@services
Feature: Session affinity
  Kubernetes documentation, "Virtual IPs and Service Proxies", section "Session affinity" (ServiceSpec.sessionAffinity:
  ClientIP, sessionAffinityConfig.clientIP.timeoutSeconds): a client comes to the same Pod again until it has been quiet
  for as long as the timeout.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: A client stays with its Pod, and is free again after the timeout
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080", with:
      | sessionAffinity       | ClientIP                            |
      | sessionAffinityConfig | { clientIP: { timeoutSeconds: 2 } } |
    Then each of "frontend, reports, lookalike, visitor" keeps its Pod in 50 connections to "Service data"
    And after quiet times of 3 seconds, at most 4 of them, one of them has come to another Pod

  @core
  Scenario: A client whose Pod is gone comes to another one
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080", with:
      | sessionAffinity       | ClientIP                                |
      | sessionAffinityConfig | { clientIP: { timeoutSeconds: 10800 } } |
    And each of "frontend, reports, lookalike, visitor" keeps its Pod in 50 connections to "Service data"
    When the Service "data" selects "app=replica" instead
    Then "frontend" gets answers from "replica" at "Service data"
    And "visitor" gets answers from "replica" at "Service data"

  @core
  Scenario: A client stays with its Pod when another Service goes and a new one has its address
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080", with:
      | sessionAffinity       | ClientIP                                |
      | sessionAffinityConfig | { clientIP: { timeoutSeconds: 10800 } } |
    And the Service "other" in namespace "shop" for Pods labelled "tier=data", ports "80:8080", with:
      | sessionAffinity | ClientIP |
    And each of "frontend, reports, lookalike, visitor" keeps its Pod in 50 connections to "Service other"
    And each of "frontend, reports, lookalike, visitor" keeps its Pod in 50 connections to "Service data"
    Then each of them still comes to its Pod while the address of the Service "other" goes to a new one, 4 times

  @core @more
  Scenario: At node ports too, session affinity is switched on and off
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080", with:
      | type | NodePort |
    And "visitor" gets answers from "database, replica" at the node port of "data" on the node of "reports"
    When the Service "data" gets session affinity for 10800 seconds
    Then each of "frontend, visitor" keeps its Pod in 50 connections to the node port of "data" on the node of "reports"
    When the Service "data" loses its session affinity
    Then "visitor" gets answers from "database, replica" at the node port of "data" on the node of "reports"
