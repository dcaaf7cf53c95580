import { duration, plural } from '../format.ts';
import { escapeHtml } from '../safe.ts';
import { readable } from './head.ts';
import { type Page, section, text } from './page.ts';

/** Where it ran, and how to run it again. */
export function environment({ run }: Page): string {
  const { cni, cluster, netvet, id, startedAt, durationMs, environment: more = {} } = run;
  const facts: [string, string][] = [
    ['netvet', netvet],
    ['CNI', `${cni.name} ${cni.version}`],
    ...(cni.mutant === undefined ? [] : [['Deliberate fault', cni.mutant] as [string, string]]),
    ['Cluster', `${cluster.provider}, ${plural(cluster.nodes, 'node')}`],
    ['Kubernetes', cluster.kubernetes],
    ['Kernel', cluster.kernel],
    ...Object.entries(more),
    ...(run.tags === undefined ? [] : [['Tags', run.tags || 'all'] as [string, string]]),
    ['Run', id],
    ['Started', readable(startedAt)],
    ['Duration', duration(durationMs)],
  ];
  const list = facts.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`).join('');
  const heading = '<h3 class="panel">To run it again</h3>';
  const command = `${heading}<pre class="command" tabindex="0">${escapeHtml(run.command)}</pre>`;
  return section('environment', 'Environment', '', `<dl class="environment">${list}</dl>`, command);
}
