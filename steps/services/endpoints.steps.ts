/** Sentences on the Pods behind a Service while they change, and on what a client notices of it. */
import { Given, Then, When } from '@cucumber/cucumber';
import { does } from '../sentence.ts';
import {
  createDeployment,
  expectSameAddress,
  replaceEveryPod,
  scaleDeployment,
  setReady,
  startLingering,
  tellToStop,
} from './deployments.ts';
import { expectGoesOn, expectTalk, talk } from './streams.ts';

Given(
  'a Deployment {string} of {int} Pod(s) in namespace {string}',
  does((world, name: string, replicas: number, namespace: string) =>
    createDeployment(world, name, replicas, namespace, false),
  ),
);
Given(
  'a Deployment {string} of {int} Pod(s) in namespace {string} that are ready while they say so',
  does((world, name: string, replicas: number, namespace: string) =>
    createDeployment(world, name, replicas, namespace, true),
  ),
);
Given(
  'a Pod {string} labelled {labels}, beside {string}, that serves for {int} s after it is told to stop',
  does(startLingering),
);
Given('{string} sends datagrams from one port to {string} and gets answers from {string}', does(talk));

When('the Deployment {string} is scaled to {int} Pod(s)', does(scaleDeployment));
When('every Pod of the Deployment {string} is replaced', does(replaceEveryPod));
When(
  '{string} says that it is ready',
  does((world, pod: string) => setReady(world, pod, true)),
);
When(
  '{string} says that it is not ready',
  does((world, pod: string) => setReady(world, pod, false)),
);
When('{string} is told to stop', does(tellToStop));

Then('the Service {string} has the address that it had', does(expectSameAddress));
Then('the connection that {string} holds goes on with {string}', does(expectGoesOn));
Then('the datagrams that {string} sends are answered by {string}', does(expectTalk));
