/** Sentences on which Pods there are, which of them reach each other, and what they ask all the time. */
import * as asking from './asking.ts';
import { hold } from './held.ts';
import * as probes from './probes.ts';
import { Given, Then, When } from './sentence.ts';

Given(
  'the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office',
  probes.useUsualPods,
);
Given("a Pod {string} on the node's own network, beside {string}", probes.startOnNode);
Given('{string} holds a connection to {string}', hold);
Given('{string} asks {string} every 20 ms from now on', asking.askSteadily);
Given('{string} tries to reach {string} every 20 ms from now on', asking.trySteadily);

When('these Pods start in namespace {string}:', probes.startPods);
When('the Pod {string} gets the label {labels}', probes.labelPod);
When('the Pod {string} loses the label {string}', (world, pod: string, key: string) =>
  probes.labelPod(world, pod, { [key]: null }),
);
When('the namespace {string} gets the label {labels}', probes.labelNamespace);
When('the namespace {string} loses the label {string}', (world, name: string, key: string) =>
  probes.labelNamespace(world, name, { [key]: null }),
);

Then('the connections are:', probes.expectTable);
Then('no question was lost', asking.judgeSteady);
Then('no attempt of {string} has reached {string}', asking.expectUnheard);
Then('it is reported how many requests of {string} were lost', asking.reportLost);
