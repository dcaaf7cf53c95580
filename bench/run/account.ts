import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { agent, argvOf } from '../processes.ts';
import { type Ended, type How, netvet } from '../suite.ts';

/** Processor time by kind of process, and how many there were. */
export type Lines = Map<string, { processes: number; cpuMs: number }>;

/** Commands live for too short a time to be seen, but have names of their own. */
const commands = /^(k6|conntrack|ip|nft|curl|netvet-cni)$/;
/** Node programs are told apart by their command lines: the first that fits. */
const programs: [kind: string, argv: RegExp][] = [
  ['suite with the embedded cluster', /^\S*node .*cli\/inside\.ts/],
  ["netvet's command", /^\S*node .*cli\/netvet\.js/],
  ['probes', agent],
  ["reference CNI's agents", /^\S*node .*\/netvet\/agent\.mjs/],
  ['others of the embedded cluster', /^\S*node .*clusters\/embedded\//],
  ['other Node programs', /^\S*node /],
];

/** Of a line of perf: each sample is a millisecond on a processor, each end of a process's first thread one process. */
const format = /^\s*(.*?)\s+(-?\d+)\/-?\d+\s+(?:(?<ns>\d+) cpu-clock|PERF_RECORD_EXIT\((?<pid>\d+):\k<pid>\))/;

/** What perf says, line by line, by kind. `argvs`: command lines by process. */
export function account(lines: readonly string[], argvs: ReadonlyMap<number, string>): Lines {
  const kinds: Lines = new Map();
  for (const line of lines) {
    const match = format.exec(line);
    if (!match) continue;
    const [, name = '', pid] = match;
    const argv = argvs.get(Number(pid)) || (/^(node|MainThread)$/.test(name) ? 'node ' : '');
    const kind = commands.test(name) ? name : (programs.find(([, words]) => words.test(argv))?.[0] ?? 'others');
    const { processes, cpuMs } = kinds.get(kind) ?? { processes: 0, cpuMs: 0 };
    const ns = match.groups?.['ns'];
    kinds.set(kind, ns ? { processes, cpuMs: cpuMs + Number(ns) / 1e6 } : { processes: processes + 1, cpuMs });
  }
  return kinds;
}

const perf = ['perf', 'record', '-q', '-a', '-e', 'cpu-clock', '-c', '1000000'];
const everyMs = 100;

/** Runs the command with all its processes accounted for. */
export async function accounted(argv: string[], how: How): Promise<Ended & { lines: Lines }> {
  const file = `${how.report}.perf`;
  const argvs = new Map<number, string>();
  const ended = await netvet(argv, {
    ...how,
    observer: ({ name }) => [...perf, '-G', name, '-o', file, '--'],
    async during(_, over) {
      while (!over.aborted) {
        // again and again: at first a process is its parent's copy, or a shell
        for (const pid of readdirSync('/proc').map(Number)) argvs.set(pid, argvOf(pid) || (argvs.get(pid) ?? ''));
        await delay(everyMs, undefined, { signal: over }).catch(() => {});
      }
    },
  });
  const script = ['script', '-i', file, '-F', 'comm,pid,tid,event,period', '--show-task-events'];
  const { stdout } = spawnSync('perf', script, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  rmSync(file, { force: true });
  return { ...ended, lines: account(stdout.split('\n'), argvs) };
}
