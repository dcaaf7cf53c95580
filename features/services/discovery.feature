@services @kubelet
Feature: Services are found by name
  Kubernetes documentation, "DNS for Services and Pods": a Service has an A record at its name in its namespace, SRV
  records for its named ports; a headless one (clusterIP: None) has the addresses of its Pods; externalName is a CNAME.

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

  @core @more
  Scenario: A headless Service follows its Pods
    Given the headless Service "data" in the namespace "shop" for Pods labelled "app=database":
      | name  | port | targetPort |
      | query | 8080 | 8080       |
    And "visitor" finds the addresses of "database" under the name "data.(shop).svc.(domain)"
    When the Service "data" selects "tier=data" instead
    Then "visitor" finds the addresses of "database, replica" under the name "data.(shop).svc.(domain)"
    When the Service "data" selects "app=replica" instead
    Then "visitor" finds the addresses of "replica" under the name "data.(shop).svc.(domain)"

  @core @more
  Scenario: A Pod with a host name of its own is found under it
    Pod.spec.hostname and subdomain, where a headless Service is called like the subdomain.
    Given the headless Service "staff" in the namespace "shop" for Pods labelled "app=clerk":
      | name  | port | targetPort |
      | query | 8080 | 8080       |
    When these Pods start in the namespace "shop":
      | Pod    | labels    | host name | subdomain |
      | clerk  | app=clerk | desk      | staff     |
      | second | app=clerk | counter   | staff     |
    Then "visitor" finds the addresses of "clerk" under the name "desk.staff.(shop).svc.(domain)"
    And "visitor" finds the addresses of "second" under the name "counter.staff.(shop).svc.(domain)"
    And "visitor" finds the addresses of "clerk, second" under the name "staff.(shop).svc.(domain)"

  @core @more
  Scenario: The API's own Service is found by name
    Given the Service "kubernetes" that every cluster has in the namespace "default"
    Then "frontend" finds the address of the Service "kubernetes" under the names:
      | kubernetes.default              |
      | kubernetes.default.svc          |
      | kubernetes.default.svc.(domain) |
    And "visitor" finds nothing under the name "kubernetes"
