import { type Profile, profileFile, scripts } from '../../load/index.ts';
import { shape } from '../../report/index.ts';
import { distributedPermissions } from '../../steps/permissions.ts';
import { type ClusterFlags, checkCluster, engineIsOwn, nothingToTest, wholeNumber } from '../cluster-options.ts';
import { readChecked } from '../json-file.ts';
import { unavailableOn } from '../options.ts';
import type { ClusterChoice } from '../providers.ts';
import { checkReporting, type Reporting } from '../reports.ts';
import { profileFor } from '../suite.ts';
import { UsageError } from '../usage.ts';

export interface LoadFlags extends ClusterFlags {
  script: string;
  rate?: string;
  duration?: string;
  tolerance: string;
  maxTime?: string;
  thresholds?: string;
  distributed?: string;
  installOperator?: boolean;
  report?: string;
  json?: boolean;
}

export interface LoadOptions extends ClusterChoice, Reporting {
  kind: 'load';
  /** What cannot be had here, by name, with the reason. */
  unavailable: Record<string, string>;
  script: string;
  /** Requests a second. */
  rate: number;
  /** Of one round on one path. */
  seconds: number;
  /** Half of the interval, in percent of the figure that the difference starts from. */
  tolerance: number;
  /** Seconds of load after which no further round begins. */
  maxSeconds: number;
  profile: Profile;
  /** Load from so many Pods, over all nodes. Absent: from one. */
  distributed?: number;
  /** What to do where the k6-operator is not there: install it, or do without, for this reason. */
  operator: string;
}

/** Checks all flags at once. Throws UsageError with one sentence per mistake, before anything is started. */
export async function checkLoad(flags: LoadFlags): Promise<LoadOptions> {
  const mistakes: string[] = [];
  const choice = await checkCluster(flags, mistakes);
  if (choice.cni === 'none') mistakes.push(nothingToTest);
  const script = scripts.find(({ name }) => name === flags.script);
  if (script === undefined) {
    const names = scripts.map(({ name }) => name).join(', ');
    mistakes.push(`--script takes one of ${names}, and "${flags.script}" is none of them`);
  }
  const rate = wholeNumber(flags.rate ?? String(script?.rate ?? 1), '--rate', 1, 100_000, mistakes);
  const seconds = wholeNumber(flags.duration ?? String(script?.seconds ?? 3), '--duration', 2, 86_400, mistakes);
  const tolerance = wholeNumber(flags.tolerance, '--tolerance', 1, 100, mistakes);
  const usual = Math.max(120, 30 * seconds);
  const maxSeconds = wholeNumber(flags.maxTime ?? String(usual), '--max-time', 10, 604_800, mistakes);
  const file = flags.thresholds ?? profileFile(profileFor(choice.provider));
  const profile = readThresholds(file, flags.thresholds === undefined ? file : `--thresholds ${file}`, mistakes);
  const distributed = checkDistributed(flags, choice.provider, rate, mistakes);
  const reporting = checkReporting(flags, mistakes);
  if (mistakes.length > 0 || profile === undefined || script === undefined) throw new UsageError(mistakes);
  const unavailable = await unavailableOn(choice, false, distributed === undefined ? [] : distributedPermissions);
  if (unavailable['k6'] !== undefined) throw new Error(unavailable['k6']);
  return {
    kind: 'load',
    ...choice,
    ...reporting,
    script: script.name,
    rate,
    seconds,
    tolerance,
    maxSeconds,
    profile,
    ...(distributed !== undefined && { distributed }),
    operator: await operatorOn(choice, flags.installOperator === true),
    unavailable,
  };
}

function checkDistributed(
  { distributed, installOperator, cluster }: LoadFlags,
  provider: ClusterChoice['provider'],
  rate: number,
  mistakes: string[],
): number | undefined {
  if (installOperator && distributed === undefined)
    mistakes.push('--install-operator is for --distributed: load from one Pod needs no operator');
  if (installOperator && provider !== 'existing')
    mistakes.push(`--install-operator is for --cluster CONTEXT, and "${cluster}" is none`);
  if (distributed === undefined) return undefined;
  const runners = wholeNumber(distributed, '--distributed', 1, 100, mistakes);
  if (runners <= 100 && runners > rate && rate > 0)
    mistakes.push(
      `--distributed ${runners} leaves some without work: at ${rate} requests a second there is less than one for each`,
    );
  return runners;
}

async function operatorOn({ provider, existing, registry }: ClusterChoice, install: boolean): Promise<string> {
  if (provider === 'embedded') return 'an embedded cluster has no k6-operator, whose image it could not be given';
  if (existing !== undefined && !install)
    return `the k6-operator is not on "${existing.context}": --install-operator installs it there`;
  if (provider === 'kind' && registry === undefined && (await engineIsOwn()))
    return "netvet's own engine has no way to a registry, where the k6-operator's image is";
  return 'install';
}

const thresholds = shape.exact({
  about: shape.optional(shape.anyText),
  lost: shape.optional(shape.atLeastZero),
  differenceMs: shape.optional(
    shape.exact({ service: shape.optional(shape.atLeastZero), host: shape.optional(shape.atLeastZero) }),
  ),
  churn: shape.optional(shape.mapOf(shape.atLeastZero)),
});

/** What a load is judged by, from a file; what the file leaves out bounds nothing, and nothing may be lost. */
export function readThresholds(file: string, called: string, mistakes: string[]): Profile | undefined {
  const found = readChecked<Partial<Profile>>(file, called, thresholds, mistakes);
  return found && { about: '', lost: 0, differenceMs: {}, churn: {}, ...found };
}
