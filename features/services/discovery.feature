@services
Feature: Services are found by name
  Kubernetes documentation, "DNS for Services and Pods": a Service has an A record at its name in its namespace, SRV records
  for its named ports; a headless one (clusterIP: None) has the addresses of its Pods; externalName is a CNAME.

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
  Scenario: By its short name in its own namespace, and by its full name from everywhere
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | port | targetPort |
      | 80   | 8080       |
    Then "frontend" finds the address of the Service "data" under the names:
      | data                            |
      | data.(shop)                     |
      | data.(shop).svc                 |
      | data.(shop).svc.(domain)        |
    And "visitor" finds the address of the Service "data" under the names:
      | data.(shop)                     |
      | data.(shop).svc.(domain)        |
    And "visitor" finds nothing under the name "data"
    And the connections are:
      |          | name data:80 | name data.shop:80 |
      | frontend | allowed      | allowed           |
    And the connections are:
      |          | name data.shop:80 |
      | visitor  | allowed           |

  @core
  Scenario: A named port has an SRV record
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | name  | port | targetPort |
      | query | 5432 | 8080       |
    Then "visitor" finds the SRV record "5432 data.(shop).svc.(domain)" under the name "_query._tcp.data.(shop).svc.(domain)"

  @core
  Scenario: A headless Service has the addresses of its Pods
    Given the headless Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | name  | port | targetPort |
      | query | 8080 | 8080       |
    Then "visitor" finds the addresses of "database, replica" under the name "data.(shop).svc.(domain)"
    And "visitor" finds an SRV record with port 8080 for each of "database, replica" under the name "_query._tcp.data.(shop).svc.(domain)"

  @core
  Scenario: externalName is another name for a name
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | port | targetPort |
      | 80   | 8080       |
    And the Service "elsewhere" in the namespace "office" that is an external name for "data.(shop).svc.(domain)"
    Then "visitor" finds the address of the Service "data" under the names:
      | elsewhere                       |
      | elsewhere.(office).svc.(domain) |

  @core
  Scenario: The address of a Service has a name
    Given the Service "data" in the namespace "shop" for Pods labelled "tier=data":
      | port | targetPort |
      | 80   | 8080       |
    Then "visitor" finds "data.(shop).svc.(domain)" as the name of the address of the Service "data"
