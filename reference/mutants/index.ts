/**
 * Deliberate faults, each a bug that a real CNI had. The agent puts one between model and dataplane when NETVET_MUTANT
 * names it; `netvet mutate` shows which scenario notices. Production code knows nothing of them.
 */
import type { Mutant } from '../model/index.ts';
import { applyingFaults } from './applying.ts';
import { fabricFaults } from './fabric.ts';
import type { Fault } from './fault.ts';
import { policyFaults } from './policies.ts';
import { serviceFaults } from './services.ts';
import { spoofingFaults } from './spoofing.ts';

export type { Fault } from './fault.ts';

/** All faults by name. */
export const faults: Record<string, Fault> = {
  ...fabricFaults,
  ...serviceFaults,
  ...policyFaults,
  ...spoofingFaults,
  ...applyingFaults,
};

/** The fault of that name, new for an agent; none for undefined or ''. Throws, with all names, for one unknown. */
export function mutant(name: string | undefined): Mutant {
  if (name === undefined || name === '') return (desired) => desired;
  const fault = Object.hasOwn(faults, name) ? faults[name] : undefined;
  if (fault === undefined) {
    throw new Error(`no mutant is called '${name}'; there are: ${Object.keys(faults).toSorted().join(', ')}`);
  }
  return fault.make();
}
