/**
 * The container engine that kind clusters run on: a Docker or Podman that answers, or one of netvet's own, which runs in a network
 * namespace of its own. Programs that talk to a cluster on the latter run inside that namespace too (engineEntry).
 */
export { hasCapability, sysResource } from './capabilities.ts';
export { needPackages } from './packages.ts';
export { startEngine } from './start.ts';
export { stopEngine } from './stop.ts';
