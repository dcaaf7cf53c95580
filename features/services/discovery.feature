@services @kubelet
Feature: Services are found by name
  Kubernetes documentation, "DNS for Services and Pods": a Service has an A record at its name in its namespace, SRV
  records for its named ports; a headless one (clusterIP: None) has the addresses of its Pods; externalName is a CNAME.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: By its short name in its own namespace, and by its full name from everywhere
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    Then "frontend" finds the Service "data" under "data, data.(shop), data.(shop).svc, data.(shop).svc.(domain)"
    And "visitor" finds the Service "data" under "data.(shop), data.(shop).svc.(domain)"
    And "visitor" finds nothing under "data"
    And the connections are:
      |          | name data:80 | name data.shop:80 |
      | frontend | allowed      | allowed           |
    And the connections are:
      |         | name data.shop:80 |
      | visitor | allowed           |

  @core
  Scenario: A named port has an SRV record
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "query 5432:8080"
    Then "visitor" finds the SRV record "5432 data.(shop).svc.(domain)" under "_query._tcp.data.(shop).svc.(domain)"

  @core
  Scenario: A headless Service has the addresses of its Pods
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "query 8080:8080", with:
      | clusterIP | None |
    Then "visitor" finds the addresses of "database, replica" under "data.(shop).svc.(domain)"
    And "visitor" finds SRV records of port 8080 for "database, replica" under "_query._tcp.data.(shop).svc.(domain)"

  @core
  Scenario: externalName is another name for a name
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    And the Service "elsewhere" in namespace "office" that is an external name for "data.(shop).svc.(domain)"
    Then "visitor" finds the Service "data" under "elsewhere, elsewhere.(office).svc.(domain)"

  @core
  Scenario: The address of a Service has a name
    Given the Service "data" in namespace "shop" for Pods labelled "tier=data", ports "80:8080"
    Then "visitor" finds "data.(shop).svc.(domain)" as the name of the address of the Service "data"

  @core @more
  Scenario: A headless Service follows its Pods
    Given the Service "data" in namespace "shop" for Pods labelled "app=database", ports "query 8080:8080", with:
      | clusterIP | None |
    And "visitor" finds the addresses of "database" under "data.(shop).svc.(domain)"
    When the Service "data" selects "tier=data" instead
    Then "visitor" finds the addresses of "database, replica" under "data.(shop).svc.(domain)"
    When the Service "data" selects "app=replica" instead
    Then "visitor" finds the addresses of "replica" under "data.(shop).svc.(domain)"

  @core @more
  Scenario: A Pod with a host name of its own is found under it
    Pod.spec.hostname and subdomain, where a headless Service is called like the subdomain.
    Given the Service "staff" in namespace "shop" for Pods labelled "app=clerk", ports "query 8080:8080", with:
      | clusterIP | None |
    When these Pods start in namespace "shop":
      | Pod    | labels    | host name | subdomain |
      | clerk  | app=clerk | desk      | staff     |
      | second | app=clerk | counter   | staff     |
    Then "visitor" finds the addresses of "clerk" under "desk.staff.(shop).svc.(domain)"
    And "visitor" finds the addresses of "second" under "counter.staff.(shop).svc.(domain)"
    And "visitor" finds the addresses of "clerk, second" under "staff.(shop).svc.(domain)"

  @core @more
  Scenario: The API's own Service is found by name
    Given the Service "kubernetes" that every cluster has in namespace "default"
    Then "frontend" finds the Service "kubernetes" under "kubernetes.default, kubernetes.default.svc"
    And "frontend" finds the Service "kubernetes" under "kubernetes.default.svc.(domain)"
    And "visitor" finds nothing under "kubernetes"
