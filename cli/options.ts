import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { cniNames, findCni } from '../clusters/cni/index.ts';
import { newRunId } from './reports.ts';
import { countScenarios } from './suite.ts';
import { findTool, needTools } from './tools.ts';
import { UsageError } from './usage.ts';

/** The flags that mean the same in every command (design section 4), as commander gives them. */
export interface CommonFlags {
  cluster: string;
  cni: string;
  nodes: string;
  tags: string;
  report?: string;
  keep?: boolean;
  json?: boolean;
  parallel?: string;
}

/** The same, checked. */
export interface RunOptions {
  kind: 'run';
  cluster: 'embedded';
  cni: string;
  nodes: number;
  tags: string;
  id: string;
  /** When the command was typed, in milliseconds since the epoch. */
  startedMs: number;
  /** Absolute. */
  report: string;
  /** The report directory is one of `.netvet/runs`, so `.netvet/latest` is to point to it. */
  isDefaultReport: boolean;
  /** What the user typed, for the report. */
  command: string;
  keep: boolean;
  json: boolean;
  parallel: number;
  /** What cannot be had on this machine, by name, with the reason: {k6: "..."}. */
  unavailable: Record<string, string>;
  /** How many scenarios the tags select. */
  scenarios: number;
}

export function addClusterFlags(command: Command): Command {
  return command
    .option('--cluster <kind>', 'where: embedded', 'embedded')
    .option('--cni <name>', `which CNI: ${cniNames.join(' or ')}`, 'reference')
    .option('--nodes <1..20>', 'how many nodes', '3');
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

/** Checks the flags that choose a cluster. Mistakes are added to `mistakes`, all of them. */
export function checkCluster(
  flags: Pick<CommonFlags, 'cluster' | 'cni' | 'nodes'>,
  mistakes: string[],
): { cni: string; nodes: number } {
  if (flags.cluster !== 'embedded') mistakes.push(`--cluster takes "embedded", and "${flags.cluster}" is not that`);
  if (!cniNames.includes(flags.cni))
    mistakes.push(`--cni takes ${cniNames.join(' or ')}, and "${flags.cni}" is neither`);
  return { cni: flags.cni, nodes: wholeNumber(flags.nodes, '--nodes', 1, 20, mistakes) };
}

/** Checks all flags of a run at once. Throws UsageError with one sentence per mistake, before anything is started. */
export async function checkRun(flags: CommonFlags): Promise<RunOptions> {
  const mistakes: string[] = [];
  const { cni, nodes } = checkCluster(flags, mistakes);
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
  await needTools((await findCni(cni)).programs);
  const k6 = await findTool('k6');
  return {
    kind: 'run',
    cluster: 'embedded',
    cni,
    nodes,
    tags: flags.tags,
    id,
    startedMs: performance.timeOrigin,
    report,
    isDefaultReport: flags.report === undefined,
    command: ['netvet', ...process.argv.slice(2)].map(quoted).join(' '),
    keep: flags.keep === true,
    json: flags.json === true,
    parallel,
    unavailable: 'missing' in k6 ? { k6: k6.missing } : {},
    scenarios,
  };
}

/** Scenarios at once: they mostly wait for time to pass, so more than there are cores. */
const defaultParallel = 6;
