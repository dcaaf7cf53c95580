/** Sentences on which Pods there are, which of them reach each other, and what they ask all the time. */
import { Given, Then, When } from '@cucumber/cucumber';
import * as asking from './asking.ts';
import { hold } from './held.ts';
import * as probes from './probes.ts';
import { does } from './sentence.ts';

Given(
  'the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office',
  does(probes.useUsualPods),
);
Given(
  'a new namespace {string} labelled {labels}',
  does((world, name: string, labels: Record<string, string>) => world.makeNamespace(name, labels)),
);
Given("a Pod {string} on the node's own network, beside {string}", does(probes.startOnNode));
Given('{string} holds a connection to {string}', does(hold));
Given('{string} asks {string} every 20 ms from now on', does(asking.askSteadily));
Given('{string} tries to reach {string} every 20 ms from now on', does(asking.trySteadily));

When('these Pods start in namespace {string}:', does(probes.startRows));
When('the Pod {string} gets the label {labels}', does(probes.labelPod));
When(
  'the Pod {string} loses the label {string}',
  does((world, pod: string, key: string) => probes.labelPod(world, pod, { [key]: null })),
);
When('the namespace {string} gets the label {labels}', does(probes.labelNamespace));
When(
  'the namespace {string} loses the label {string}',
  does((world, name: string, key: string) => probes.labelNamespace(world, name, { [key]: null })),
);

Then('the connections are:', does(probes.expectTable));
Then('no question was lost', does(asking.judgeSteady));
Then('no attempt of {string} has reached {string}', does(asking.expectUnheard));
Then('it is reported how many requests of {string} were lost', does(asking.reportLost));
