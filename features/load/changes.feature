@load @churn-load @exclusive
Feature: How fast changes of Services take effect, among how many others
  Kubernetes documentation, "Virtual IPs and Service Proxies": every node watches the API for Services and
  EndpointSlices that come, change and go, and sets up the way to them. How long it takes from the API's acceptance of a
  change until the last node has done so is measured by connections that clients on all nodes make all the time, anew
  every few milliseconds, and read from the logs of both ends. What does not come within the run's budget has failed.
  EndpointSlices are written by hand: the time is that of the network and of nobody else.

  @core
  Scenario Outline: Services and endpoints come and go among <others> other Services
    Given a client on every node and two servers
    And <others> other Services, each with two endpoints
    When 20 Services are created, one after the other
    Then each of them has answered on every node within the budget
    When an endpoint is added to a Service and removed again, 20 times
    Then each time it was asked from every node within the budget, and no more once it was removed

    Examples:
      | others |
      | 10     |

    @churn
    Examples: many
      | others |
      | 1000   |

    @churn @huge
    Examples: very many
      | others |
      | 10000  |
