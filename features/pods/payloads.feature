@pods
Feature: Large payloads arrive whole
  The network model promises connections, not only handshakes. An MTU that is larger than the path (an overlay that was
  forgotten in the arithmetic) lets small packets through and loses every full one.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario Outline: 8 MiB in both directions between Pods of <where>
    Then 8 MiB go from "frontend" to "<other>" and back, and arrive unchanged

    Examples:
      | where         | other    |
      | the same node | database |

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
      | where         | other    |
      | the same node | database |

    @two-nodes
    Examples:
      | where           | other   |
      | different nodes | replica |

  @extended @two-nodes
  Scenario: UDP datagrams larger than the MTU are fragmented and arrive whole
    Then datagrams of 4000 bytes go from "frontend" to "replica" and back, and arrive unchanged

  @core @more
  Scenario: 8 MiB in both directions through a Service
    Given the Service "big" in namespace "shop" for Pods labelled "app=replica", ports "80:8080"
    And the connections are:
      |          | Service big:80 |
      | frontend | allowed        |
    Then 8 MiB go from "frontend" to "Service big:80" and back, and arrive unchanged

  @extended @more
  Scenario: UDP datagrams larger than the MTU arrive whole through a Service
    Given the Service "big" in namespace "shop" for Pods labelled "app=replica", ports "80:8080/UDP"
    And the connections are:
      |          | Service big:80/UDP |
      | frontend | allowed            |
    Then datagrams of 2000 bytes go from "frontend" to "Service big:80" and back, and arrive unchanged
