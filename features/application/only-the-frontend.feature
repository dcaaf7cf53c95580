@application @kubelet
Feature: Only the frontend reaches the database
  The guiding example, as it is really run: a frontend Deployment that serves web pages behind the Service "web" and
  reads from PostgreSQL behind the Service "database", and the policy that lets in only the frontend's Pods. What is
  promised is what the Kubernetes documentation says on Services, on names and on network policies; here it has to hold
  all at once. Before the policy, the frontend, the visitor and the intruder were all seen to reach the database,
  at its address, its Service and its name.

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

  @core
  Scenario: A visitor reads a page, with rows from the database, through the Service
    Then "visitor" reads a page that lists "Apples, Bread, Cheese"

  @core @policy
  Scenario: An intruder is kept out at the database's address, at its Service and at its name
    Then the connections are:
      |          | database:5432 | Service database:5432 | name database:5432 |
      | frontend | allowed       | allowed               | allowed            |
      | intruder | denied        | denied                | denied             |
      | visitor  | denied        | denied                | denied             |
    And PostgreSQL answers "frontend" at its address, Service and name, and "intruder" at none of them
    And "visitor" reads a page that lists "Apples, Bread, Cheese"

  @core @policy
  Scenario: An intruder that starts later is kept out from its first millisecond
    Given the connections are:
      |          | database:5432 |
      | intruder | denied        |
    When these Pods start in namespace "shop" and dial "database:5432" from their first line on:
      | Pod       | labels       |
      | clerk     | app=frontend |
      | latecomer | app=intruder |
    Then "database" has heard from "clerk"
    But "database" has never heard from "latecomer", which reaches "visitor"

  @core @policy
  Scenario: The frontend's label opens nothing to a Pod of another namespace
    When these Pods start in namespace "office":
      | Pod       | labels       |
      | lookalike | app=frontend |
    Then the connections are:
      |           | database:5432 | Service database:5432 | name database.shop:5432 |
      | lookalike | denied        | denied                | denied                  |
      | frontend  | allowed       | allowed               | allowed                 |

  @core @policy
  Scenario: A frontend's Pod whose label is taken away loses the database
    Given the connections are:
      |          | database:5432 |
      | frontend | allowed       |
      | intruder | denied        |
    When the Pod "frontend" loses the label "app"
    Then the connections are:
      |          | database:5432 | Service database:5432 | name database:5432 |
      | frontend | denied        | denied                | denied             |
    And "visitor" reads the page again, made by another Pod than "frontend"

  @core @policy
  Scenario: The rule removed opens the door, and put back closes it
    Given the connections are:
      |          | database:5432 | Service database:5432 |
      | frontend | allowed       | allowed               |
      | intruder | denied        | denied                |
    When the policy "only-the-frontend" of namespace "shop" is deleted
    Then the connections are:
      |          | database:5432 | Service database:5432 |
      | frontend | allowed       | allowed               |
      | intruder | allowed       | allowed               |
    When this policy is applied in namespace "shop":
      """yaml
      metadata: { name: only-the-frontend }
      spec:
        podSelector: { matchLabels: { app: database } }
        ingress:
          - from: [{ podSelector: { matchLabels: { app: frontend } } }]
            ports: [{ protocol: TCP, port: 5432 }]
      """
    Then the connections are:
      |          | database:5432 | Service database:5432 |
      | frontend | allowed       | allowed               |
      | intruder | denied        | denied                |
