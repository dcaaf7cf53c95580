import { cores, duration, megabytes } from '../format.ts';
import { type Child, html } from '../markup.ts';
import { environmentOf, readable } from './head.ts';
import { type Page, row, section, table, text } from './page.ts';

/** Where it ran, and how to run it again. */
export function environment({ run }: Page): Child {
  const facts: [string, string][] = [
    ['netvet', run.netvet],
    ...environmentOf(run),
    ...Object.entries(run.environment ?? {}),
    ...(run.tags === undefined ? [] : [['Tags', run.tags || 'all'] as [string, string]]),
    ['Run', run.id],
    ['Started', readable(run.startedAt)],
    ['Duration', duration(run.durationMs)],
  ];
  const list = facts.map(([name, value]) => html`<dt>${text(name)}</dt><dd>${text(value)}</dd>`);
  return section(
    'environment',
    'Environment',
    '',
    html`<dl class="environment">${list}</dl>`,
    html`<h3 class="panel">To run it again</h3><pre class="command" tabindex="0">${run.command}</pre>`,
  );
}

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
