/** A container engine of netvet's own, for machines that have none. */
export { needPackages } from './packages.ts';
export { startEngine } from './start.ts';
export { stopEngine } from './stop.ts';
