import { setTimeout as delay } from 'node:timers/promises';
import { aPolicy } from '../../reference/model/fixtures.ts';
import { clock } from '../services/tasks.ts';
import type { Options } from './options.ts';
import type { Row } from './report.ts';
import type { Scene } from './scene.ts';

/** How long is looked, in milliseconds, for connections that are let through when the rule is in the kernel. */
const lookMs = 300;
/** Changes come at any moment of what the agent does besides. */
const phaseMs = 200;

const policy = aPolicy('default/closed', {
  podSelector: { matchLabels: { app: 'server' } },
  policyTypes: ['Ingress'],
});

/** Makes the policy over and over, and takes it away again. */
export async function measure(
  { api, rules, dialer }: Scene,
  busy: number,
  { changes, limitMs }: Pick<Options, 'changes' | 'limitMs'>,
): Promise<Row> {
  const row: Row = { busy, kernelMs: [], lastMs: [], holes: 0, asked: 0, stillMs: 0, missing: changes };
  const over = new AbortController();
  const end = delay(limitMs, undefined, { signal: over.signal }).catch(() => {});
  /** Undefined: the time was over before. */
  const within = <T>(work: Promise<T>): Promise<T | undefined> => Promise.race([work, end.then(() => undefined)]);
  while (row.missing > 0) {
    if ((await within(dialer.open())) === undefined) break;
    await delay(Math.random() * phaseMs);
    const made = rules('add');
    const accepted = clock();
    api.put('networkpolicies', policy);
    const inKernel = await within(made);
    if (inKernel === undefined) break;
    await delay(lookMs);
    const seen = await dialer.seen(accepted);
    row.missing -= 1;
    row.kernelMs.push(inKernel - accepted);
    row.lastMs.push(Math.max(0, ...seen.made.map((began) => began - accepted)));
    row.holes += seen.made.filter((began) => began > inKernel).length;
    row.asked += seen.asked;
    row.stillMs = Math.max(row.stillMs, seen.stillMs);
    const gone = rules('delete');
    api.remove('networkpolicies', 'default', 'closed');
    if ((await within(gone)) === undefined) break;
  }
  over.abort();
  api.remove('networkpolicies', 'default', 'closed');
  return row;
}
