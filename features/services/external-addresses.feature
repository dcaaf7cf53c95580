@services @more
Feature: External addresses
  Kubernetes documentation, "Service", section "External IPs" (ServiceSpec.externalIPs): packets that come to a node for
  such an address and a port of the Service go to its Pods. The address below is kept for documentation (RFC 5737):
  nobody has it. "Deprecated in Kubernetes v1.36": the field is off by default from v1.40 on (enhancement 5707), and the
  scenario is skipped there.

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

  @extended
  Scenario: A Service answers at an external address that no node has
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data", at the external address "203.0.113.250" too:
      | name | port | targetPort | protocol |
      | tcp  | 80   | 8080       | TCP      |
      | udp  | 80   | 8080       | UDP      |
    Then "frontend, visitor" reach the Service "data" at "203.0.113.250"
    And the connections are:
      |         | Service data:80 | Service data:80/UDP |
      | visitor | allowed         | allowed             |
