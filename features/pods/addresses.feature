@pods
Feature: Every Pod has an address of its own
  Kubernetes documentation, "Services, Load Balancing, and Networking", section "The Kubernetes network model", and
  "Cluster Networking": each Pod gets its own address, unique in the whole cluster (PodStatus.podIP), and its containers
  share it.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: Addresses are unique in the whole cluster
    Then no two Pods of the cluster have the same address
    And each Pod's own interface has the address that the API shows

  @core
  Scenario: 30 Pods created at once all get an address
    When 30 Pods are created at once in namespace "shop"
    Then all of them are running with an address of their own

  @core
  Scenario: The containers of a Pod share its address and its ports
    Given a Pod "pair" with two containers, of which the first serves port 8080 and the second port 9090
    Then the second container reaches port 8080 of the first on localhost
    And the second container cannot take port 8080, because the first has it
    And the connections are:
      |          | pair:8080 | pair-second:9090 |
      | frontend | allowed   | allowed          |

  @core
  Scenario: What a Pod serves on its localhost is closed to other Pods
    Given "database" serves port 9000 on its localhost only
    Then "database" reaches port 9000 on its localhost
    And "frontend" is refused at once at "database:9000"
    And "reports" is refused at once at "database:9000"

  @core
  Scenario: A Pod reaches itself by its own address
    Then the connections are:
      |          | database | database:8080/UDP | visitor |
      | database | allowed  | allowed           | -       |
      | visitor  | -        | -                 | allowed |
