/** Sentences on nodes: what is done to them. */
import { Given, Then, When } from '@cucumber/cucumber';
import { does } from '../sentence.ts';
import { dropForwarded, expectReachedOrTold, stopDropping, takeAway } from './accidents.ts';
import { churnWithoutAgent, rollAgents } from './cni.ts';
import { rejoin } from './membership.ts';
import { apiServerAway } from './outage.ts';
import { rebootNode } from './reboot.ts';
import { restartUnit } from './units.ts';

/** Every wait in them has its own bound, and these have several, one after the other. */
const patient = { timeout: 15 * 60_000 };

Given(
  'a namespace {string}',
  does((world, name: string) => world.makeNamespace(name)),
);

When('the {word} on the node of {string} is restarted', patient, does(restartUnit));
When('the node of {string} is rebooted', patient, does(rebootNode));
When('the API server is away for {int} s, and the sandbox of {string} dies meanwhile', patient, does(apiServerAway));
When('node {int} is drained, leaves the cluster and joins it again', patient, does(rejoin));
When('another program takes away {string} on the node of {string}', patient, does(takeAway));
When('another program drops all that the node of {string} forwards', patient, does(dropForwarded));
When('that program gives way', patient, does(stopDropping));
When("the CNI's agents are rolled", patient, does(rollAgents));
When(
  "{int} Pods come to the node of {string} and go, {int} times, while the CNI's agent there is killed",
  patient,
  does(churnWithoutAgent),
);

Then('{string} still reaches {string}, or the cluster is told what is in the way', patient, does(expectReachedOrTold));
