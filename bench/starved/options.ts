import { wholeNumber } from '../../cli/cluster-options.ts';
import { UsageError } from '../../cli/usage.ts';
import { readFlags } from '../flags.ts';

/** What the benchmark is to do, checked. */
export interface Options {
  /** Numbers of busy Pods. */
  busy: number[];
  /** How often the policy is made with each of them. */
  changes: number;
  /** How long one of them may take. */
  limitMs: number;
  /** The agent's CPU request in thousandths of a processor. Absent: its manifest's. */
  request?: number;
}

const mostBusy = 64;

export const help = `npm run bench -- starved [options]

How late a policy closes on a node whose processors are taken: from the API's acceptance of the policy to the kernel's
rule, and to the last new connection that was let through. Pods that do nothing but compute have processor time by
their requests (100m each), as the kubelet gives it, and the reference CNI's agent by its own. Meanwhile the agent has
what else it has to do: other Pods and Services change, Pods come and go, the kubelet asks for its state. It needs root,
stays in namespaces and control groups of its own and changes nothing of the machine.

  --busy LIST        numbers of busy Pods, up to ${mostBusy} (default: 0,8,16)
  --changes N        how often the policy is made with each (default: 50)
  --limit SECONDS    how long one of them may take (default: 300)
  --request N        the agent's CPU request, in thousandths of a processor (default: that of its manifest)
  --help

Exit code 1: a connection was let through that began after the rule was in the kernel.

Example:
  npm run bench -- starved --busy 16 --changes 100`;

/** Throws UsageError with one sentence per mistake. Undefined: only help is wanted. */
export function readOptions(argv: string[]): Options | undefined {
  const mistakes: string[] = [];
  const given = readFlags(argv, ['busy', 'changes', 'limit', 'request'], mistakes);
  if (given === undefined) return undefined;
  const { busy = '0,8,16', changes = '50', limit = '300', request } = given;
  const number = (name: string, value: string, low: number, high: number) =>
    wholeNumber(value, name, low, high, mistakes);
  const read = {
    busy: [...new Set(busy.split(',').map((word) => number('--busy', word.trim(), 0, mostBusy)))],
    changes: number('--changes', changes, 1, 10_000),
    limitMs: number('--limit', limit, 1, 3600) * 1000,
    ...(request !== undefined && { request: number('--request', request, 1, 64_000) }),
  };
  if (mistakes.length > 0) throw new UsageError(mistakes);
  return read;
}
