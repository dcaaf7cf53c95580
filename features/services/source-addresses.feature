@services
Feature: The client's address
  Kubernetes documentation, tutorial "Using Source IP", and "Virtual IPs and Service Proxies", section "Traffic
  policies" (ServiceSpec.externalTrafficPolicy): inside the cluster a Service leaves the client's address as it is; with
  the policy Local, a node port answers only on the nodes of the Service's Pods, and shows them who came from outside.

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
  Scenario: The Pods behind a Service see the client's own address
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | name | port | targetPort | protocol |
      | tcp  | 80   | 8080       | TCP      |
      | udp  | 80   | 8080       | UDP      |
    And "visitor" gets answers from "database, replica" at "Service data"
    Then the address of "visitor" is seen behind "Service data:80" and "Service data:80/UDP"

  @core @two-nodes
  Scenario: A node port that keeps the address of who comes from outside
    The outside is the network of another node.
    Given the NodePort Service "data" in the namespace "shop" for Pods labelled "app=database", for local Pods only:
      | port | targetPort |
      | 80   | 8080       |
    And a Pod "outside" on the node's own network, beside "replica"
    Then "outside" reaches the Service "data" on the node of "database" only, and its node's address is seen
