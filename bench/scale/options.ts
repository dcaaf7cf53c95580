import { parseArgs } from 'node:util';
import { wholeNumber } from '../../cli/cluster-options.ts';
import { UsageError } from '../../cli/usage.ts';

/** What the benchmark is to do, checked. */
export interface Options {
  /** Numbers of Pods in the API, ascending. */
  pods: number[];
  services: number;
  policies: number;
  /** UDP flows that connection tracking is to have. 0: nothing is measured with flows. */
  flows: number;
  /** Whether the API server can send a list as a watch (sendInitialEvents). */
  streaming: boolean;
}

const most = { pods: 200_000, services: 16_000, policies: 20_000, flows: 250_000 };
const usual = { pods: '1000,50000,150000', services: 10_000, policies: 5000, flows: 200_000 };

export const help = `npm run bench -- scale [options]

One agent of the reference CNI and an API server with a large cluster of simulated objects: the time until the first
Pod can be attached, memory, the processor time of changes of Pods on other nodes, and what connection tracking delays.
It needs root, stays in namespaces of its own and changes nothing of the machine.

  --pods LIST       numbers of Pods, of which 10 are this node's (default: ${usual.pods}; at most ${most.pods})
  --services N      Services with one slice of two endpoints each (default: ${usual.services})
  --policies N      NetworkPolicies, ten a namespace (default: ${usual.policies})
  --flows N         UDP flows in the node's connection tracking; 0: without this part (default: ${usual.flows})
  --no-streaming    the API server answers lists page by page only
  --help

Example:
  npm run bench -- scale --pods 1000,50000 --flows 0`;

/** Throws UsageError with one sentence per mistake. Undefined: only help is wanted. */
export function readOptions(argv: string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    pods: text,
    services: text,
    policies: text,
    flows: text,
    'no-streaming': flag,
    help: flag,
  } as const;
  const { values } = parseArgs({ args: argv, options });
  if (values.help) return undefined;
  const mistakes: string[] = [];
  const number = (name: 'services' | 'policies' | 'flows') =>
    wholeNumber(values[name] ?? String(usual[name]), `--${name}`, 0, most[name], mistakes);
  const sizes = (values.pods ?? usual.pods)
    .split(',')
    .map((word) => wholeNumber(word.trim(), '--pods', 100, most.pods, mistakes));
  const read = {
    pods: [...new Set(sizes)].toSorted((a, b) => a - b),
    services: number('services'),
    policies: number('policies'),
    flows: number('flows'),
    streaming: values['no-streaming'] !== true,
  };
  if (mistakes.length > 0) throw new UsageError(mistakes);
  return read;
}
