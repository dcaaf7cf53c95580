@load @churn-load @exclusive
Feature: The Service path under load while the cluster around it changes
  Kubernetes documentation, "Service": clients need not know which Pods make up the backend at any moment, nor keep
  track of them. So what changes elsewhere (Services, policies, the network's own agents) is nothing that a request may
  notice, and neither are backends that come, or go in good order. One that is killed takes what it had at that moment
  with it; how many requests that may be, and what else may be lost, is a budget (load/profiles). The account is exact:
  every request that k6 sent was answered or lost, and the counters of all Pods agree to the request.

  @core
  Scenario: Scaling up and down
    Given 3 frontends behind the Service "web"
    When k6 asks 100 times a second for 40 s or more, through the Service and the same Pod directly
    And the frontends are scaled to 6, 2 and 4 meanwhile
    Then k6 and the frontends agree on every request
    And no more requests were lost than the budget for "scaling" allows

  @extended
  Scenario: The frontends that there are after scaling share the requests
    The documentation names no distribution. "Virtual IPs and Service Proxies": one mode "chooses a backend at random",
    another one has schedules to choose from. By chance a fair network is that uneven once in a million times.
    Given 3 frontends behind the Service "web"
    When k6 asks 100 times a second for 40 s or more, through the Service and the same Pod directly
    And the frontends are scaled to 6, 2 and 4 meanwhile
    Then k6 and the frontends agree on every request
    And since then the frontends have shared the requests evenly at the level 0.000001

  @extended
  Scenario: A backend is killed
    Given 3 frontends that can be killed behind the Service "web"
    When k6 asks 100 times a second for 15 s or more, through the Service and the same Pod directly
    And a frontend is killed meanwhile
    Then k6 and the frontends agree on every request
    And no more requests were lost than the budget for "backend killed" allows

  @core @policy
  Scenario: A policy comes and goes
    Given 3 frontends behind the Service "web"
    When k6 asks 100 times a second for 15 s or more, through the Service and the same Pod directly
    And a policy that lets k6 in comes and goes 10 times meanwhile
    Then k6 and the frontends agree on every request
    And no more requests were lost than the budget for "policies toggled" allows

  @core @churn
  Scenario: A thousand other Services are created and deleted
    Given 3 frontends behind the Service "web"
    When k6 asks 100 times a second for 40 s or more, through the Service and the same Pod directly
    And 1000 other Services are created and deleted meanwhile
    Then k6 and the frontends agree on every request
    And no more requests were lost than the budget for "unrelated Services" allows

  @extended @disruptive
  Scenario: The agents of the network are rolled
    Given 3 frontends behind the Service "web"
    When k6 asks 100 times a second for 30 s or more, through the Service and the same Pod directly
    And the CNI's agents are rolled meanwhile
    Then k6 and the frontends agree on every request
    And no more requests were lost than the budget for "agents restarted" allows

  @core @disruptive
  Scenario: A node is drained
    Given 3 frontends behind the Service "web"
    When k6 asks 100 times a second for 25 s or more, through the Service and the same Pod directly
    And the node of a frontend is drained meanwhile
    Then k6 and the frontends agree on every request
    And no more requests were lost than the budget for "node drained" allows
