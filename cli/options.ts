import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { cniNames, findCni } from '../clusters/cni/index.ts';
import type { ClusterChoice, ProviderName } from './providers.ts';
import { newRunId } from './reports.ts';
import { countScenarios } from './suite.ts';
import { findTool, needTools } from './tools.ts';
import { UsageError } from './usage.ts';

/** The flags that mean the same in every command (design section 4), as commander gives them. */
export interface CommonFlags {
  cluster: string;
  cni?: string;
  nodes?: string;
  kubernetes?: string;
  ipFamily?: string;
  name: string;
  tags: string;
  report?: string;
  keep?: boolean;
  reuse?: boolean;
  disruptive?: boolean;
  json?: boolean;
  parallel?: string;
}

/** The same, checked. */
export interface RunOptions extends ClusterChoice {
  kind: 'run';
  tags: string;
  id: string;
  /** The run's label on the cluster, where others may run something in the same second. */
  mark: string;
  /** When the command was typed, in milliseconds since the epoch. */
  startedMs: number;
  /** Absolute. */
  report: string;
  /** The report directory is one of `.netvet/runs`, so `.netvet/latest` is to point to it. */
  isDefaultReport: boolean;
  /** What the user typed, for the report. */
  command: string;
  json: boolean;
  parallel: number;
  /** What cannot be had here, by name, with the reason: {k6: "..."}. */
  unavailable: Record<string, string>;
  /** How many scenarios the tags select. */
  scenarios: number;
}

export function addClusterFlags(command: Command): Command {
  return command
    .option('--cluster <where>', 'embedded, kind, or a context of your kubeconfig: a cluster that is there', 'embedded')
    .option('--cni <name>', `which CNI to install: ${cniNames.join(', ')} (default: reference; never on a context)`)
    .option('--nodes <1..20>', 'how many nodes to make (default: 3)')
    .option('--name <name>', 'what to call the cluster', 'netvet')
    .option('--kubernetes <version>', 'version of Kubernetes, e.g. 1.34.3 (only kind has a choice)')
    .option('--ip-family <family>', 'ipv4: the only one so far');
}

/** As a shell would take it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function wholeNumber(text: string, name: string, from: number, to: number, mistakes: string[]): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to) {
    mistakes.push(`${name} takes a whole number from ${from} to ${to}, and "${text}" is not one`);
  }
  return value;
}

/** The flags that choose a cluster. */
export type ClusterFlags = Pick<
  CommonFlags,
  'cluster' | 'cni' | 'nodes' | 'kubernetes' | 'ipFamily' | 'name' | 'keep' | 'reuse'
>;

/** Checks the flags that choose a cluster. Mistakes are added to `mistakes`, all of them. */
export async function checkCluster(flags: ClusterFlags, mistakes: string[]): Promise<ClusterChoice> {
  const provider: ProviderName = flags.cluster === 'embedded' || flags.cluster === 'kind' ? flags.cluster : 'existing';
  const where = provider === 'existing' ? await contextOf(flags.cluster, mistakes) : undefined;
  const { name, keep = false, reuse = false, cni = 'reference', nodes = '3', kubernetes } = flags;
  if (where !== undefined) checkExisting(flags, mistakes);
  else if (!cniNames.includes(cni)) mistakes.push(`--cni takes ${cniNames.join(' or ')}, and "${cni}" is none of them`);
  const count = where === undefined ? wholeNumber(nodes, '--nodes', 1, 20, mistakes) : 0;
  // a cluster's name becomes a file name, so it is held to what Kubernetes allows in names
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    mistakes.push(`--name takes up to 32 lower-case letters, digits and dashes, and "${name}" is not that`);
  }
  checkKind(flags, provider, mistakes);
  if ((flags.ipFamily ?? 'ipv4') !== 'ipv4') {
    mistakes.push(`--ip-family takes ipv4 only: there are no scenarios for "${flags.ipFamily}" yet`);
  }
  const common = { provider, name, keep, reuse, nodes: count };
  if (where !== undefined) return { ...common, existing: where };
  return { ...common, cni, ...(kubernetes !== undefined && { kubernetes }) };
}

/** What only kind clusters have. */
function checkKind({ kubernetes, reuse, cluster }: ClusterFlags, provider: ProviderName, mistakes: string[]): void {
  if (kubernetes !== undefined && provider !== 'kind') {
    mistakes.push(`--kubernetes is for --cluster kind: what "${cluster}" runs is what it is`);
  }
  if (kubernetes !== undefined && !/^v?1\.\d+(\.\d+)?$/.test(kubernetes)) {
    mistakes.push(`--kubernetes takes a version such as 1.34 or 1.34.3, and "${kubernetes}" is not one`);
  }
  if (reuse && provider !== 'kind') {
    mistakes.push(
      `--reuse is for --cluster kind: ${provider === 'embedded' ? 'an embedded cluster ends with its run' : 'a context is always there'}`,
    );
  }
}

/** Flags that would change a cluster that is not ours, or that mean nothing there. */
function checkExisting({ cluster, cni, nodes, keep }: ClusterFlags, mistakes: string[]): void {
  if (cni !== undefined) {
    mistakes.push(
      `--cni "${cni}": netvet installs nothing on a cluster that it did not make, and finds out what "${cluster}" has: leave --cni out`,
    );
  }
  if (nodes !== undefined) mistakes.push(`--nodes: "${cluster}" has the nodes that it has: leave --nodes out`);
  if (keep) mistakes.push(`--keep: "${cluster}" stays, and what a run makes on it never does: leave --keep out`);
}

async function contextOf(name: string, mistakes: string[]): Promise<ClusterChoice['existing']> {
  const { findContext, kubeconfigFiles } = await import('../clusters/existing/index.ts');
  const found = findContext(name, kubeconfigFiles());
  if (!('mistake' in found)) return found;
  mistakes.push(`--cluster takes embedded, kind or a context, and ${found.mistake}`);
  return undefined;
}

/** Checks all flags of a run at once. Throws UsageError with one sentence per mistake, before anything is started. */
export async function checkRun(flags: CommonFlags): Promise<RunOptions> {
  const mistakes: string[] = [];
  const choice = await checkCluster(flags, mistakes);
  const parallel = wholeNumber(flags.parallel ?? String(defaultParallel), '--parallel', 1, 32, mistakes);
  const id = newRunId(new Date());
  const report = resolve(flags.report ?? join('.netvet/runs', id));
  if (existsSync(report) && !statSync(report).isDirectory()) {
    mistakes.push(`--report takes a directory, and ${report} is a file`);
  }
  let scenarios = 0;
  try {
    scenarios = await countScenarios(flags.tags);
    if (scenarios === 0) mistakes.push(`--tags "${flags.tags}" selects no scenario (netvet run --help has examples)`);
  } catch (error) {
    mistakes.push(`--tags "${flags.tags}": ${(error as Error).message.replaceAll(/\s+/g, ' ').trim()}`);
  }
  if (mistakes.length > 0) throw new UsageError(mistakes);
  return {
    kind: 'run',
    ...choice,
    tags: flags.tags,
    id,
    mark: `${id}-${randomBytes(2).toString('hex')}`,
    startedMs: performance.timeOrigin,
    report,
    isDefaultReport: flags.report === undefined,
    command: ['netvet', ...process.argv.slice(2)].map(quoted).join(' '),
    json: flags.json === true,
    parallel,
    unavailable: await unavailableOn(choice, flags.disruptive === true),
    scenarios,
  };
}

/** What cannot be had, with the reason, on a cluster that we make or on one that is there. Throws when nothing can be run at all. */
async function unavailableOn(
  { provider, cni, existing }: ClusterChoice,
  disruptive: boolean,
): Promise<Record<string, string>> {
  if (existing !== undefined) {
    const unavailable = await (await import('./access.ts')).checkAccess(existing);
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

/** What it needs of this machine and of the network, while there is one: nothing can be fetched from inside a cluster's. */
async function prepareCni(name: string): Promise<void> {
  const cni = await findCni(name);
  await needTools(cni.programs);
  await cni.prepare?.();
}

/** Scenarios at once: they mostly wait for time to pass, so more than there are cores. */
const defaultParallel = 4;
