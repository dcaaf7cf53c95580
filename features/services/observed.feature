@services
Feature: What the documentation of Services leaves open
  Kubernetes documentation, "Virtual IPs and Service Proxies": nodes learn of a Service from the API, a moment after it
  was made. What becomes of a connection that is begun in that moment is reported here, for each network, and not
  judged: it is made when its client sends again, or the node goes on to treat it as one to an address that is nobody's.

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

  @observed @more
  Scenario: A connection that is begun before its Service is there
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | port | targetPort |
      | 80   | 8080       |
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
