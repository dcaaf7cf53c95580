/**
 * `npm run test:stress [-- --repeat 5 FILES]`: runs test files again and again where the machine is scarce, and names
 * the tests that did not pass every time. FILES are parts of paths; without any, those that start processes, wait for
 * others, or measure. Nothing may need luck:
 *   beside busy loops   8 of them, each in a session of its own, as programs of other users are
 *   under a quota       0.6 of a processor (CFS, 100 ms periods: all stand still for tens of milliseconds again
 *                       and again), as CI has it
 * The quota needs root and the cpu controller of cgroup v1; elsewhere it is left out, with the reason.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, globSync, mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

const usual = [
  'kubelet/',
  'enter.test',
  'dns/server',
  'agent/',
  'plugin/',
  'probe/',
  'kube/',
  'churn/',
  'frontend/',
  'load/k6',
];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { repeat: { type: 'string', default: '5' } },
});
const parts = positionals.length > 0 ? positionals : usual;
const endings = positionals.length > 0 ? '{test,e2e,kind}' : 'test';
const files = globSync(`{bench,cli,clusters,load,reference,report,scripts,steps}/**/*.${endings}.ts`)
  .filter((file) => parts.some((part) => file.includes(part)))
  .toSorted();
const logs = mkdtempSync(join(tmpdir(), 'netvet-stress-'));

/** Milliseconds: a run of a file that takes longer hangs. */
const longest = 30 * 60_000;
const cgroup = `/sys/fs/cgroup/cpu/netvet-stress-${process.pid}`;
const loops: ChildProcess[] = [];

interface Place {
  name: string;
  /** Makes it; a reason where that cannot be. */
  make(this: void): string | undefined;
  /** argv in front of what is to run in it. */
  entry: string[];
}

const places: Place[] = [
  {
    name: 'beside 8 busy loops',
    make() {
      // they end with this process, and never stay for longer than what they are for
      const loop = ['--pdeathsig', 'KILL', 'timeout', '14400', 'sh', '-c', 'while :; do :; done'];
      for (let i = 0; i < 8; i += 1) loops.push(spawn('setpriv', loop, { detached: true, stdio: 'ignore' }));
      return undefined;
    },
    entry: [],
  },
  {
    name: 'under a quota of 0.6 processors',
    make() {
      endLoops();
      try {
        accessSync('/sys/fs/cgroup/cpu/cpu.cfs_quota_us', constants.W_OK);
        mkdirSync(cgroup);
        writeFileSync(join(cgroup, 'cpu.cfs_period_us'), '100000');
        writeFileSync(join(cgroup, 'cpu.cfs_quota_us'), '60000');
      } catch (error) {
        return `it takes root and the cpu controller of cgroup v1: ${(error as Error).message}`;
      }
      return undefined;
    },
    entry: ['sh', '-c', `echo $$ >${cgroup}/cgroup.procs && exec "$@"`, 'sh'],
  },
];

/** Each is a process group: the loop itself and what bounds it. */
function endLoops(): void {
  for (const { pid } of loops.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

/** Names of the tests that failed; `crash` where the file did without naming one. */
async function failures(file: string, entry: string[], log: string): Promise<string[]> {
  const argv = [...entry, process.execPath, '--test', '--test-reporter=spec', file];
  const child = spawn(argv[0] as string, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], timeout: longest });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code === 0) return [];
  writeFileSync(log, output);
  const names = [...output.matchAll(/^\s*✖ (.*) \([\d.]+ms\)/gm)].map(([, name]) => name as string);
  return names.length > 0 ? [...new Set(names)] : ['crash'];
}

const unstable: string[] = [];
let runs = 0;
try {
  if (files.length === 0) throw new Error(`no test file's path contains ${parts.join(' or ')}`);
  for (const { name, make, entry } of places) {
    const reason = make();
    console.log(`\n${name}${reason === undefined ? '' : `: skipped, ${reason}`}`);
    if (reason !== undefined) continue;
    for (const file of files) {
      const failed = new Map<string, number>();
      const began = Date.now();
      for (let i = 1; i <= Number(values.repeat); i += 1) {
        const log = join(logs, `${basename(file)}.${name.replaceAll(' ', '-')}.${i}.log`);
        for (const test of await failures(file, entry, log)) failed.set(test, (failed.get(test) ?? 0) + 1);
        runs += 1;
      }
      const seconds = (Date.now() - began) / 1000 / Number(values.repeat);
      console.log(`${failed.size === 0 ? 'ok  ' : 'FAIL'} ${file} (${seconds.toFixed(1)} s each)`);
      for (const [test, times] of failed) {
        console.log(`     ${times} of ${values.repeat}: ${test}`);
        unstable.push(`${file}: ${test}: failed ${times} of ${values.repeat} times ${name}`);
      }
    }
  }
} finally {
  endLoops();
  try {
    rmdirSync(cgroup);
  } catch {
    // not made, or something that a test has left is in it: that is a failure of that test
  }
}
console.log(`\n${runs} runs, ${unstable.length} not stable`);
for (const line of unstable) console.log(line);
if (unstable.length > 0) console.log(`what they said: ${logs}`);
process.exitCode = unstable.length === 0 ? 0 : 1;
