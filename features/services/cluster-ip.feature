@services
Feature: A Service's address
  Kubernetes documentation, "Service" and "Virtual IPs and Service Proxies": a Service has an address of its own that
  stays (ServiceSpec.clusterIP), and connections to it reach the Pods behind it.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: Every Pod reaches a Service from every node, over TCP and UDP
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080, 80:8080/UDP"
    Then the connections are:
      |          | Service data:80 | Service data:80/UDP |
      | frontend | allowed         | allowed             |
      | reports  | allowed         | allowed             |
      | visitor  | allowed         | allowed             |

  @core
  Scenario: Ports are mapped, and a named targetPort is another number in each Pod
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "first 81:8082, query 5432:query"
    Then the connections are:
      |          | Service data:81 | Service data:5432 |
      | frontend | allowed         | allowed           |
      | visitor  | allowed         | allowed           |
    And "visitor" gets answers from "database, replica" at "Service data:5432"

  @core
  Scenario: A Pod reaches itself through its own Service
    Given the Service "alone" in namespace "shop" for Pods labelled "app=database", ports "80:8080, 80:8080/UDP"
    Then the connections are:
      |          | Service alone:80 | Service alone:80/UDP |
      | database | allowed          | allowed              |

  @core
  Scenario: A node reaches a Service
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And a Pod "on-the-node" on the node's own network, beside "database"
    Then the connections are:
      |             | Service data:80 |
      | on-the-node | allowed         |

  @core
  Scenario: A Pod reaches the API server, which is no Pod
    "Accessing the Kubernetes API from a Pod": through the Service "kubernetes". What is behind it is outside of all Pod
    addresses.
    Then "frontend, reports, visitor" reach the API server at the Service "kubernetes"

  @extended
  Scenario: Connections are spread over the Pods behind a Service
    The documentation names no distribution. An even one is expected at a significance level of 0.001. By chance a fair
    network is uneven once in a thousand times: it is asked as often again, and fails at 0.000001 of both together.
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    Then 400 connections from "visitor" to "Service data" pass the chi-square test for an even spread at the level 0.001

  @core
  Scenario: A Service without endpoints refuses at once
    "Virtual IPs and Service Proxies": a client is not left waiting for a Service that has no endpoints.
    Given the Service "nobody" in namespace "shop" for Pods labelled "app=nobody", ports "80:8080"
    Then "frontend" is refused at once at "Service nobody"
    And "visitor" is refused at once at "Service nobody"

  @core
  Scenario: A deleted Service stops answering
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the connections are:
      |          | Service data:80 |
      | frontend | allowed         |
      | visitor  | allowed         |
    When the Service "data" is deleted
    Then the connections are:
      |          | Service data:80 | database | replica |
      | frontend | denied          | allowed  | allowed |
      | visitor  | denied          | allowed  | allowed |

  @core @more
  Scenario: A node reaches a Service over UDP
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080/UDP"
    And a Pod "on-the-node" on the node's own network, beside "database"
    Then the connections are:
      |             | Service data:80/UDP |
      | on-the-node | allowed             |
