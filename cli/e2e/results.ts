import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Run, Scenario, Status } from '../../report/model.ts';
import { netvet, type Options } from './netvet.ts';

/** `netvet run` with a report directory of its own, which is visible inside the embedded cluster's namespaces. */
export async function runNetvet(args: string[], options: Options = {}) {
  const directory = mkdtempSync(join(homedir(), '.netvet-run-test-'));
  try {
    const finished = await netvet(['run', '--json', '--report', directory, ...args], options).finished;
    const files = Object.fromEntries(
      ['run.json', 'junit.xml', 'index.html', 'messages.ndjson'].map((file) => [
        file,
        readFileSync(join(directory, file), 'utf8'),
      ]),
    );
    /** A file of the report directory, which is gone by then. */
    const read = (file: string) => files[file] as string;
    return { finished, run: JSON.parse(read('run.json')) as Run, read };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The scenarios that ended so, with their reasons: whole where a step has more to say than one sentence. */
export const named = (scenarios: Scenario[], status: Status): string[] =>
  scenarios
    .filter((each) => each.status === status)
    .map(({ id, reason, steps = [] }) => `${id}: ${steps.find(({ error }) => error)?.error ?? reason ?? ''}`);

/** Scenarios that cannot hold without NetworkPolicy: all of that area, and of the shop those about who may come in. */
export const needsPolicy = ({ tags }: Scenario): boolean => tags.includes('@policies') || tags.includes('@policy');
