@services
Feature: Session affinity
  Kubernetes documentation, "Virtual IPs and Service Proxies", section "Session affinity" (ServiceSpec.sessionAffinity:
  ClientIP, sessionAffinityConfig.clientIP.timeoutSeconds): a client comes to the same Pod again until it has been quiet
  for as long as the timeout.

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
  Scenario: A client stays with its Pod, and is free again after the timeout
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data", with session affinity for 2 seconds:
      | port | targetPort |
      | 80   | 8080       |
    Then each of "frontend, reports, lookalike, visitor" stays with one Pod for 50 connections to "Service data"
    And after quiet times of 3 seconds, at most 4 of them, one of them has come to another Pod

  @core
  Scenario: A client whose Pod is gone comes to another one
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data", with session affinity for 10800 seconds:
      | port | targetPort |
      | 80   | 8080       |
    And each of "frontend, reports, lookalike, visitor" stays with one Pod for 50 connections to "Service data"
    When the Service "data" selects "app=replica" instead
    Then "frontend" gets answers from "replica" at "Service data"
    And "visitor" gets answers from "replica" at "Service data"

  @core @more
  Scenario: At node ports too, session affinity is switched on and off
    Given the NodePort Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | port | targetPort |
      | 80   | 8080       |
    And "visitor" gets answers from "database, replica" at the node port of "data" on the node of "reports"
    When the Service "data" gets session affinity for 10800 seconds
    Then each of "frontend, visitor" stays with one Pod for 50 connections to the node port of "data" on the node of "reports"
    When the Service "data" loses its session affinity
    Then "visitor" gets answers from "database, replica" at the node port of "data" on the node of "reports"
