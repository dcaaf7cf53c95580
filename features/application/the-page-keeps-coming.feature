@application
Feature: The page keeps coming
  Kubernetes documentation, "Service": the set of Pods behind a Service changes from one moment to the next, and a
  client need not know; "Pod termination": a Pod that is terminating leaves the Service and may go on serving for a
  while, which the frontend does. So a visitor who asks for the page 20 times a second, each time on a new connection by
  the Service's name, gets it every time, while each page needs a new connection through the database's Service and its
  policy too.

  Background:
    Given the shop: a frontend and its database, a visitor and an intruder
    And this policy is applied in namespace "shop":
      """yaml
      metadata: { name: only-the-frontend }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from: [{ podSelector: { matchLabels: { app: frontend } } }]
            ports: [{ protocol: TCP, port: 5432 }]
      """
    And "visitor" reads a page that lists "Apples, Bread, Cheese"

  @core
  Scenario: The frontend is rolled
    Given "visitor" reads the page every 50 ms from now on
    When the frontend is rolled
    Then no page was lost

  @core
  Scenario: The frontend is scaled from 1 to 5 to 2
    Given "visitor" reads the page every 50 ms from now on
    When the frontend is scaled to 5
    And every Pod of the frontend has made a page for "visitor"
    And the frontend is scaled to 2
    Then no page was lost

  @extended @disruptive
  Scenario: The frontend's node loses its CNI agent for a while
    Given "visitor" reads the page every 50 ms from now on
    When the CNI's agent on the node of "frontend" is killed, and another one takes its place
    Then the connections are:
      |          | database:5432 | Service database:5432 |
      | frontend | allowed       | allowed               |
      | intruder | denied        | denied                |
    And no page was lost
