import { availableParallelism } from 'node:os';
import { findCni } from '../clusters/cni/index.ts';
import type { Profile } from '../report/index.ts';
import type { Permission } from '../steps/permissions.ts';
import { type ClusterFlags, checkCluster, nothingToTest, wholeNumber } from './cluster-options.ts';
import { checkFuzz, type FuzzFlags, type FuzzOptions } from './fuzz.ts';
import { findProfile } from './profiles.ts';
import type { ClusterChoice } from './providers.ts';
import { checkReporting, type Reporting } from './reports.ts';
import { countScenarios } from './suite.ts';
import { findTool, needTools } from './tools.ts';
import { UsageError } from './usage.ts';

/** The flags that mean the same in every command (design section 4), as commander gives them. */
export interface CommonFlags extends ClusterFlags, FuzzFlags {
  tags: string;
  report?: string;
  disruptive?: boolean;
  json?: boolean;
  parallel?: string;
  repeat?: string;
  profile?: string;
  adversary?: string;
}

export interface RunOptions extends ClusterChoice, Reporting {
  kind: 'run';
  tags: string;
  parallel: number;
  repeat: number;
  profile: Profile;
  /** What cannot be had here, by name, with the reason: {k6: "..."}. */
  unavailable: Record<string, string>;
  /** Generated cases to run. */
  fuzz?: FuzzOptions;
  /** How many scenarios the tags select, generated ones included. */
  scenarios: number;
  /** A deliberate fault of the reference CNI, and the fabric that it is about. */
  mutant?: string;
  fabric?: 'vxlan';
  /** The seed of what makes the embedded cluster's watches late. */
  adversary?: number;
  /** Scenarios by their places (features/x.feature:12), in that order. Absent: all that the tags select. */
  places?: string[];
  /** One scenario that fails is all that is wanted to be known: the run ends with it. */
  untilFailed?: boolean;
}

/** Checks all flags of a run at once. Throws UsageError with one sentence per mistake, before anything is started. */
export async function checkRun(flags: CommonFlags): Promise<RunOptions> {
  const mistakes: string[] = [];
  const choice = await checkCluster(flags, mistakes);
  if (choice.cni === 'none') mistakes.push(nothingToTest);
  const usual = String(defaultParallel(choice.provider));
  const parallel = wholeNumber(flags.parallel ?? usual, '--parallel', 1, 32, mistakes);
  const repeat = wholeNumber(flags.repeat ?? '1', '--repeat', 1, 100, mistakes);
  const profile = findProfile(flags.profile ?? 'default', mistakes);
  const reporting = checkReporting(flags, mistakes);
  const fuzz = checkFuzz(flags, mistakes);
  const { adversary } = flags;
  if (adversary !== undefined && choice.provider !== 'embedded')
    mistakes.push('--adversary is for the embedded cluster: the watches of other clusters cannot be made late');
  const seed =
    adversary === undefined ? {} : { adversary: wholeNumber(adversary, '--adversary', 0, 2 ** 31, mistakes) };
  let scenarios = 0;
  try {
    if (fuzz === undefined || flags.tags !== '') {
      scenarios = await countScenarios(flags.tags);
      if (scenarios === 0) mistakes.push(`--tags "${flags.tags}" selects no scenario (netvet run --help has examples)`);
    }
  } catch (error) {
    mistakes.push(`--tags "${flags.tags}": ${(error as Error).message.replaceAll(/\s+/g, ' ').trim()}`);
  }
  if (mistakes.length > 0 || profile === undefined) throw new UsageError(mistakes);
  return {
    kind: 'run',
    ...choice,
    ...reporting,
    tags: flags.tags,
    // a seed that was drawn repeats the run as well
    command: `${reporting.command}${fuzz && flags.seed === undefined ? ` --seed ${fuzz.from.seed}` : ''}`,
    parallel,
    repeat,
    profile,
    unavailable: await unavailableOn(choice, flags.disruptive === true),
    ...(fuzz && { fuzz }),
    ...seed,
    scenarios: scenarios + (fuzz?.cases ?? 0),
  };
}

/** What cannot be had on a cluster, with the reason. Throws when nothing can be run. `more`: permissions besides. */
export async function unavailableOn(
  { provider, cni, existing }: ClusterChoice,
  disruptive: boolean,
  more: Permission[] = [],
): Promise<Record<string, string>> {
  if (existing !== undefined) {
    const unavailable = await (await import('./access.ts')).checkAccess(existing, more);
    if (disruptive) return unavailable;
    return {
      ...unavailable,
      disruption: `it disturbs what else runs on "${existing.context}": --disruptive allows it`,
    };
  }
  if (cni !== undefined) await prepareCni(cni);
  // on kind clusters it comes as an image
  const k6 = provider === 'embedded' ? await findTool('k6') : { path: '' };
  return 'missing' in k6 ? { k6: k6.missing } : {};
}

/** What it needs of this machine and the network: nothing can be fetched from inside a cluster. */
async function prepareCni(name: string): Promise<void> {
  const cni = await findCni(name);
  await needTools(cni.programs);
  await cni.prepare?.();
}

/** Scenarios at once: they mostly wait, so more than there are cores. Nodes of kind need cores themselves. */
const defaultParallel = (provider: RunOptions['provider']): number =>
  provider === 'kind' ? Math.min(6, availableParallelism() + 1) : 6;
