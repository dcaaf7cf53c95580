/** Sentences on nodes: what is done to them. */
import { Given, Then, When } from '../sentence.ts';
import { takeAway } from './accidents.ts';
import { churnWithoutAgent, rollAgents } from './cni.ts';
import { dropForwarded, expectReachedOrTold, stopDropping } from './drops.ts';
import { rejoin } from './membership.ts';
import { apiServerAway } from './outage.ts';
import { rebootNode, restartUnit } from './restarts.ts';

Given('a namespace {string}', (world, name: string) => world.makeNamespace(name));

When('the {word} on the node of {string} is restarted', restartUnit);
When('the node of {string} is rebooted', rebootNode);
When('the API server is away for {int} s, and the sandbox of {string} dies meanwhile', apiServerAway);
When('node {int} is drained, leaves the cluster and joins it again', rejoin);
When('another program takes away {string} on the node of {string}', takeAway);
When('another program drops all that the node of {string} forwards', dropForwarded);
When('that program gives way', stopDropping);
When("the CNI's agents are rolled", rollAgents);
When(
  "{int} Pods come to the node of {string} and go, {int} times, while the CNI's agent there is killed",

  churnWithoutAgent,
);

Then('{string} still reaches {string}, or the cluster is told what is in the way', expectReachedOrTold);
