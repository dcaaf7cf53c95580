import { cores, megabytes } from '../format.ts';
import type { Child } from '../markup.ts';
import { type Page, row, section, table, text } from './page.ts';

/** What the network itself takes of each node. Empty when it was not measured. */
export function resources({ run: { resources = [] } }: Page): Child {
  if (resources.length === 0) return '';
  const lead =
    'Memory and processor time of the network’s own Pods on each node while the suite ran, as the kubelet ' +
    'counts them: in its quietest interval of about ten seconds, on average, and in the busiest.';
  const title = 'What the network takes of each node';
  const heads = ['Workload', 'Node', 'Memory, at most', 'CPU, quiet', 'average', 'busiest'];
  const rows = resources.map(({ workload, node, memoryBytes, cores: { least, mean, most } }) =>
    row(text(workload), [text(node), megabytes(memoryBytes), ...[least, mean, most].map(cores)]),
  );
  return section('resources', title, lead, table(title, 'latency', heads, rows));
}
