import { type Fault, faults } from '../../reference/mutants/index.ts';
import type { Control } from './control.ts';
import type { Promised } from './scenarios.ts';
import type { Trial } from './trial.ts';

/** One mutant, the scenarios that judge it, and how it is run. */
export interface Planned {
  name: string;
  fault: Fault;
  trial: Trial;
}

/** The scenarios that may kill on one kind of cluster, to be seen to pass without a fault. */
export interface PlannedControl {
  fabric: Control['fabric'];
  isLate: boolean;
  wanted: string[];
  trial: Trial;
}

/** Scenarios at once where nothing ends at the first failure: they mostly wait. */
const many = 4;

/** What `names` stand for, all mutants for none. Mistakes are added to `mistakes`, one sentence each. */
export function chosenOf(names: readonly string[], mistakes: string[]): [string, Fault][] {
  const unknown = names.filter((name) => !Object.hasOwn(faults, name));
  mistakes.push(...unknown.map((name) => `no mutant is called "${name}" (netvet mutate --list shows all)`));
  const twice = names.filter((name, i) => names.indexOf(name) < i);
  mistakes.push(...twice.map((name) => `"${name}" is named twice: one trial is enough`));
  return Object.entries(faults).filter(([name]) => names.length === 0 || names.includes(name));
}

/** `full`: every scenario judges every mutant, and none ends the trial. */
export function planOf(
  chosen: readonly [string, Fault][],
  scenarios: ReadonlyMap<string, Promised>,
  full: boolean,
  unavailable: Record<string, string>,
): Planned[] {
  return chosen.map(([name, fault]) => {
    const ground = groundOf(fault);
    const how = full ? { parallel: many, untilFailed: false } : { parallel: 0, untilFailed: true };
    const judges = full ? {} : { places: placesOf(fault.seenBy, scenarios) };
    return { name, fault, trial: { name, mutant: name, ...ground, ...judges, ...how, unavailable } };
  });
}

/** What a cluster has to be like for the fault to show. */
const groundOf = ({ fabric, adversary }: Fault): Pick<Trial, 'fabric' | 'adversary'> => ({
  ...(fabric && { fabric }),
  ...(adversary !== undefined && { adversary }),
});

/** One control for each kind of cluster: all scenarios that may kill on it, without a fault. */
export function controlsOf(
  plan: readonly Planned[],
  scenarios: ReadonlyMap<string, Promised>,
  full: boolean,
  unavailable: Record<string, string>,
): PlannedControl[] {
  const byGround = Map.groupBy(
    plan,
    ({ fault: { fabric = '', adversary } }) => fabric + (adversary === undefined ? '' : 'late'),
  );
  return [...byGround].map(([ground, planned]) => {
    const [{ fault }] = planned as [Planned];
    const wanted = full ? [...scenarios.keys()] : [...new Set(planned.flatMap(({ fault }) => fault.seenBy))];
    const trial = {
      name: ground === '' ? 'control' : `control-${ground}`,
      ...groundOf(fault),
      ...(full ? {} : { places: placesOf(wanted, scenarios) }),
      parallel: Math.min(many, wanted.length),
      untilFailed: false,
      unavailable,
    };
    return { fabric: fault.fabric ?? 'auto', isLate: fault.adversary !== undefined, wanted, trial };
  });
}

/** Throws for one that is not in features/: the suite has changed, and the mutants have to follow. */
function placesOf(ids: readonly string[], scenarios: ReadonlyMap<string, Promised>): string[] {
  return ids.map((id) => {
    const scenario = scenarios.get(id);
    if (scenario === undefined) throw new Error(`a mutant is to be noticed by the scenario ${id}, and there is none`);
    return scenario.place;
  });
}
