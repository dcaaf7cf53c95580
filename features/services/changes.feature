@services @more
Feature: A Service becomes something else
  Kubernetes documentation, "Service" (ServiceSpec.ports, type, sessionAffinity): all of these can be changed while the
  Service is there, and what is asked of it from then on is answered as it is now.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: TCP and UDP on one port, and each of them alone
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080, 80:8080/UDP"
    And the connections are:
      |          | Service data:80 | Service data:80/UDP |
      | frontend | allowed         | allowed             |
      | visitor  | allowed         | allowed             |
    When the Service "data" has the ports "tcp 80:8080" instead
    Then the connections are:
      |          | Service data:80 | Service data:80/UDP |
      | frontend | allowed         | denied              |
      | visitor  | allowed         | denied              |
    When the Service "data" has the ports "udp 80:8080/UDP" instead
    Then the connections are:
      |          | Service data:80 | Service data:80/UDP |
      | frontend | denied          | allowed             |
      | visitor  | denied          | allowed             |

  @core
  Scenario: A port leads elsewhere, and a second one is added
    Nobody listens at port 9000 of the Pods, who say so at once.
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "first 80:8080"
    And the connections are:
      |         | Service data:80 |
      | visitor | allowed         |
    When the Service "data" has the ports "first 80:9000, second 81:8082" instead
    Then "visitor" is refused at once at "Service data:80"
    And the connections are:
      |         | Service data:81 |
      | visitor | allowed         |

  @core
  Scenario: A name for a name becomes a Service with an address
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the Service "changing" in namespace "shop" that is an external name for "data.(shop).svc.(domain)"
    And "frontend" finds the Service "data" under "changing, changing.(shop)"
    When the Service "changing" becomes a ClusterIP Service for Pods labelled "app=replica", ports "80:8081"
    Then "frontend" finds the Service "changing" under "changing, changing.(shop)"
    And the connections are:
      |          | Service changing:80 | name changing.shop:80 |
      | frontend | allowed             | allowed               |
      | visitor  | allowed             | allowed               |

  @core
  Scenario: A name for a name becomes a Service with node ports
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the Service "changing" in namespace "shop" that is an external name for "data.(shop).svc.(domain)"
    When the Service "changing" becomes a NodePort Service for Pods labelled "app=replica", ports "80:8080, 80:8080/UDP"
    Then "frontend" reaches the Service "changing" at every node's port, over TCP and UDP
    And the connections are:
      |         | Service changing:80 | Service changing:80/UDP |
      | visitor | allowed             | allowed                 |

  @core
  Scenario: A Service with an address becomes a name for a name
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the Service "changing" in namespace "shop" for Pods labelled "app=replica", ports "80:8080"
    And "frontend" finds the Service "changing" under "changing"
    When the Service "changing" becomes an external name for "data.(shop).svc.(domain)"
    Then "frontend" finds the Service "data" under "changing, changing.(shop).svc.(domain)"

  @core
  Scenario: A Service with node ports becomes a name for a name
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the Service "changing" in namespace "shop" for Pods labelled "app=replica", ports "80:8080", with:
      | type | NodePort |
    And "frontend" finds the Service "changing" under "changing"
    When the Service "changing" becomes an external name for "data.(shop).svc.(domain)"
    Then "frontend" finds the Service "data" under "changing, changing.(shop).svc.(domain)"

  @core
  Scenario: Session affinity is switched on and off
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And "visitor" gets answers from "database, replica" at "Service data"
    When the Service "data" gets session affinity for 10800 seconds
    Then each of "frontend, reports, visitor" keeps its Pod in 50 connections to "Service data"
    When the Service "data" loses its session affinity
    Then "frontend" gets answers from "database, replica" at "Service data"
    And "visitor" gets answers from "database, replica" at "Service data"

  @core
  Scenario: A Service that is deleted and made again answers
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "80:8080"
    And the Service "other" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the connections are:
      |         | Service data:80 | Service other:80 |
      | visitor | allowed         | allowed          |
    When the Service "data" is deleted
    Then the connections are:
      |         | Service data:80 | Service other:80 |
      | visitor | denied          | allowed          |
    Given the Service "data" in namespace "shop" for Pods labelled "app=replica", ports "80:8080"
    Then "visitor" gets answers from "replica" at "Service data"
    And "visitor" gets answers from "database, replica" at "Service other"
