/** Sentences on which Pods there are, which of them reach each other, and what they ask all the time. */
import { Given, Then, When } from '@cucumber/cucumber';
import { askSteadily, expectUnheard, judgeSteady, reportLost, trySteadily } from './asking.ts';
import { hold } from './held.ts';
import { expectTable, labelNamespace, labelPod, startOnNode, startRows, useUsualPods } from './probes.ts';
import { does } from './sentence.ts';

Given(
  'the usual Pods: frontend, reports, database and replica in shop, lookalike and visitor in office',
  does(useUsualPods),
);
Given("a Pod {string} on the node's own network, beside {string}", does(startOnNode));
Given('{string} holds a connection to {string}', does(hold));
Given('{string} asks {string} every 20 ms from now on', does(askSteadily));
Given('{string} tries to reach {string} every 20 ms from now on', does(trySteadily));

When('these Pods start in namespace {string}:', does(startRows));
When('the Pod {string} gets the label {labels}', does(labelPod));
When(
  'the Pod {string} loses the label {string}',
  does((world, pod: string, key: string) => labelPod(world, pod, { [key]: null })),
);
When('the namespace {string} gets the label {labels}', does(labelNamespace));
When(
  'the namespace {string} loses the label {string}',
  does((world, name: string, key: string) => labelNamespace(world, name, { [key]: null })),
);

Then('the connections are:', does(expectTable));
Then('no question was lost', does(judgeSteady));
Then('no attempt of {string} has reached {string}', does(expectUnheard));
Then('it is reported how many requests of {string} were lost', does(reportLost));
