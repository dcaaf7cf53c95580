@services @more
Feature: External addresses
  Kubernetes documentation, "Service", section "External IPs" (ServiceSpec.externalIPs): packets that come to a node for
  such an address and a port of the Service go to its Pods. The address below is kept for documentation (RFC 5737):
  nobody has it. "Deprecated in Kubernetes v1.36": the field is off by default from v1.40 on (enhancement 5707), and the
  scenario is skipped there.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @extended
  Scenario: A Service answers at an external address that no node has
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080, 80:8080/UDP", with:
      | externalIPs | [203.0.113.250] |
    Then "frontend, visitor" reach the Service "data" at "203.0.113.250"
    And the connections are:
      |         | Service data:80 | Service data:80/UDP |
      | visitor | allowed         | allowed             |
