@pods
Feature: Large payloads arrive whole
  The network model promises connections, not only handshakes. An MTU that is larger than the path (an overlay that was
  forgotten in the arithmetic) lets small packets through and loses every full one.

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
  Scenario Outline: 8 MiB in both directions between Pods of <where>
    Then 8 MiB go from "frontend" to "<other>" and back, and arrive unchanged

    Examples:
      | where           | other    |
      | the same node   | database |

    @two-nodes
    Examples:
      | where           | other   |
      | different nodes | replica |

  @core
  Scenario Outline: UDP datagrams as large as the MTU between Pods of <where>
    A datagram that just fits goes with "don't fragment"; the first one must get through, both ways.
    Then datagrams of exactly the Pods' MTU go from "frontend" to "<other>" and back, and arrive unchanged
    And datagrams of exactly the Pods' MTU go from "<other>" to "frontend" and back, and arrive unchanged

    Examples:
      | where           | other    |
      | the same node   | database |

    @two-nodes
    Examples:
      | where           | other   |
      | different nodes | replica |

  @extended @two-nodes
  Scenario: UDP datagrams larger than the MTU are fragmented and arrive whole
    Then datagrams of 4000 bytes go from "frontend" to "replica" and back, and arrive unchanged

  @core @more
  Scenario: 8 MiB in both directions through a Service
    Given the Service "big" in the namespace "shop" for Pods labelled "app=replica":
      | port | targetPort |
      | 80   | 8080       |
    And the connections are:
      |          | Service big:80 |
      | frontend | allowed        |
    Then 8 MiB go from "frontend" to "Service big:80" and back, and arrive unchanged

  @extended @more
  Scenario: UDP datagrams larger than the MTU arrive whole through a Service
    Given the Service "big" in the namespace "shop" for Pods labelled "app=replica":
      | port | targetPort | protocol |
      | 80   | 8080       | UDP      |
    And the connections are:
      |          | Service big:80/UDP |
      | frontend | allowed            |
    Then datagrams of 2000 bytes go from "frontend" to "Service big:80" and back, and arrive unchanged
