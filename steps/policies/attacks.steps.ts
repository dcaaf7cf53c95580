/** Sentences on what a Pod sends that attacks. */
import { Given, Then, When } from '../sentence.ts';
import * as attacks from './attacks/index.ts';

Given('the node of {string} routes packets for localhost, as kube-proxy leaves it', attacks.routeLocalhost);

When(
  '{string} sends UDP as {string} to {string} into tunnels of {names}, as itself to {string}',
  attacks.attackThroughTunnel,
);
When('{string} sends UDP as {string} to {string}, and as itself to {names}', attacks.attackFromAddress);
When(
  '{string} sends fragments to UDP port {int} of {string} that become the port that {string} reaches',
  attacks.attackInFragments,
);
When(
  '{string} sends UDP to what {string} serves on localhost, and to what that serves at its address',
  attacks.attackLocalhost,
);
When(
  '{string} says that it is an IPv6 router, and sends UDP to what {string} serves at its address',
  attacks.advertiseRouter,
);

Then('nothing of the attack has come to {string}', attacks.expectUnharmed);
Then('the node of {string} has no way out through {string}', attacks.expectNoRouter);
