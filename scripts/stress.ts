/**
 * `npm run test:stress [-- --repeat 5 FILES]`: runs test files again and again where the machine is scarce, and names
 * the tests that did not pass every time. FILES are parts of paths; without any, those that start processes, wait for
 * others, or measure. Nothing may need luck:
 *   beside busy loops   8 of them, each in a session of its own, as programs of other users are
 *   under a quota       0.6 of a processor (CFS, 100 ms periods: all stand still for tens of milliseconds again
 *                       and again), as CI has it
 * The quota needs root and cgroup v2; elsewhere it is left out, with the reason.
 */
import { globSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { busy } from '../bench/contention/index.ts';
import { makeGroup, NoGroup } from '../bench/group.ts';

const usual =
  'kubelet/ enter.test dns/server agent/ plugin/ packets probe/ kube/ churn/ frontend/ load/k6 load/scripts'.split(' ');
const options = { repeat: { type: 'string', default: '5' } } as const;
const { values, positionals } = parseArgs({ allowPositionals: true, options });
const repeat = Number(values.repeat);
const parts = positionals.length > 0 ? positionals : usual;
const endings = positionals.length > 0 ? '{test,e2e,kind}' : 'test';
const files = globSync(`{bench,cli,clusters,load,reference,report,scripts,steps}/**/*.${endings}.ts`)
  .filter((file) => parts.some((part) => file.includes(part)))
  .toSorted();
if (files.length === 0) throw new Error(`no test file's path contains ${parts.join(' or ')}`);
const logs = mkdtempSync(join(tmpdir(), 'netvet-stress-'));

/** Where the machine is scarce; `before`: argv in front of what is to run there. */
const places: Record<string, () => (Disposable & { before?: string[] }) | undefined> = {
  'beside 8 busy loops': () => busy(8, true),
  'under a quota of 0.6 processors': () => makeGroup(0.6, true),
};
/** Milliseconds: a run of a file that takes longer hangs. */
const longest = 30 * 60_000;

/** Names of the tests that failed; `crash` where the file did without naming one. */
async function failures(file: string, before: string[], log: string): Promise<string[]> {
  const argv = [...before, process.execPath, '--test', '--test-reporter=spec', file];
  const how = { stdin: 'ignore', all: true, reject: false, timeout: longest } as const;
  const { failed, all } = await execa('env', argv, how);
  if (!failed) return [];
  writeFileSync(log, all);
  const names = [...all.matchAll(/^\s*✖ (.*) \([\d.]+ms\)/gm)].map(([, name]) => name as string);
  return names.length > 0 ? [...new Set(names)] : ['crash'];
}

/** Runs a file again and again, and says what came of it. Gives back what was not stable. */
async function stress(file: string, place: string, before: string[]): Promise<string[]> {
  const failed: string[] = [];
  const began = Date.now();
  for (let i = 1; i <= repeat; i += 1)
    failed.push(
      ...(await failures(file, before, join(logs, `${basename(file)}.${place.replaceAll(' ', '-')}.${i}.log`))),
    );
  const took = ((Date.now() - began) / 1000 / repeat).toFixed(1);
  console.log(`${failed.length === 0 ? 'ok  ' : 'FAIL'} ${file} (${took} s each)`);
  return [...Map.groupBy(failed, (test) => test)].map(([test, { length }]) => {
    console.log(`     ${length} of ${repeat}: ${test}`);
    return `${file}: ${test}: failed ${length} of ${repeat} times ${place}`;
  });
}

const unstable: string[] = [];
let runs = 0;
for (const [name, make] of Object.entries(places)) {
  try {
    using place = make();
    console.log(`\n${name}`);
    for (const file of files) unstable.push(...(await stress(file, name, place?.before ?? [])));
    runs += repeat * files.length;
  } catch (error) {
    if (!(error instanceof NoGroup)) throw error;
    console.log(`\n${name}: skipped, ${error.message}`);
  }
}
console.log(`\n${runs} runs, ${unstable.length} not stable`);
for (const line of unstable) console.log(line);
if (unstable.length > 0) console.log(`what they said: ${logs}`);
process.exitCode = unstable.length === 0 ? 0 : 1;
