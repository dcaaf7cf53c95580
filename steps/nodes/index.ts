/** What scenarios do to nodes and to what runs on them. */
export { churnWithoutAgent, rollAgents } from './cni.ts';
export { expectUnheard, knockSteadily } from './knock.ts';
export { drain, rejoin } from './membership.ts';
export { apiServerAway } from './outage.ts';
export { rebootNode } from './reboot.ts';
export { askSteadily, judgeSteady } from './steady.ts';
export { restartUnit } from './units.ts';
