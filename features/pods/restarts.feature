@pods @kubelet
Feature: Pods come and go
  Kubernetes documentation, "Pod Lifecycle": a container that ends is restarted in its Pod, which keeps its address; a
  Pod that is deleted is gone, and one with the same name is another Pod. Whoever comes must be reachable once it is
  Ready.

  Background:
    Given the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office

  @core
  Scenario: A container that crashes comes back at the Pod's address
    Given these Pods start in namespace "shop":
      | Pod   | labels    | node |
      | shaky | app=shaky | 2    |
    And the connections are:
      |          | shaky   | frontend |
      | frontend | allowed | -        |
      | shaky    | -       | allowed  |
    When the container of "shaky" crashes and is restarted
    Then "shaky" has the address that it had
    And the connections are:
      |          | shaky   | frontend |
      | frontend | allowed | -        |
      | shaky    | -       | allowed  |

  @core
  Scenario: A Pod that is deleted and made again under the same name is reachable at its new address
    Given these Pods start in namespace "shop":
      | Pod   | labels    | node |
      | shaky | app=shaky | 1    |
    When the Pod "shaky" is deleted and made again
    Then the connections are:
      |          | shaky   | frontend |
      | frontend | allowed | -        |
      | visitor  | allowed | -        |
      | shaky    | -       | allowed  |
