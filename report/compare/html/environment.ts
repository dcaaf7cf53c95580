import { duration } from '../../format.ts';
import { readable, row, section, table, text } from '../../html/index.ts';
import { type Child, html } from '../../markup.ts';
import type { Column, Comparison, RunSummary } from '../model.ts';

/** Where each ran, and how to run all of it again. */
export function environment({ columns, command }: Comparison): Child {
  const keys = new Set(columns.flatMap(({ runs }) => runs.flatMap((run) => Object.keys(run.environment ?? {}))));
  const line = (name: string, of: (column: Column) => (string | undefined)[]) =>
    row(
      text(name),
      columns.map((column) => {
        const values = [...new Set(of(column).map((value) => value ?? 'not known'))];
        return values.map((value, i) => [i === 0 ? '' : html`<br>`, text(value)]);
      }),
    );
  const rows = [
    line('CNI', ({ cni }) => [`${cni.name} ${cni.version ?? ''}`]),
    ...(columns.some(({ cni }) => cni.mutant) ? [line('Deliberate fault', ({ cni }) => [cni.mutant ?? 'none'])] : []),
    line('Cluster', ({ cluster }) => [cluster && `${cluster.provider}, ${cluster.nodes} nodes`]),
    line('Kubernetes', ({ cluster }) => [cluster?.kubernetes]),
    line('Kernel', ({ cluster }) => [cluster?.kernel]),
    line('netvet', ({ runs }) => runs.map(({ netvet }) => netvet)),
    ...[...keys].map((key) => line(key, ({ runs }) => runs.map(({ environment }) => environment?.[key]))),
  ];
  const runs = columns.flatMap(({ label, runs }) => runs.map((run) => runOf(label, run)));
  return section(
    'environment',
    'Environment',
    '',
    table('Environment', 'latency others', ['', ...columns.map(({ label }) => text(label))], rows),
    html`<h3 class="panel">Runs</h3><ul class="runs">${runs}</ul>`,
    html`<h3 class="panel">To compare again</h3><pre class="command" tabindex="0">${command}</pre>`,
  );
}

function runOf(label: string, { source, href, startedAt, durationMs, command }: RunSummary): Child {
  const name = href === undefined ? text(source) : html`<a href="${href}">${text(source)}</a>`;
  const when = startedAt === undefined ? 'no results' : [text(readable(startedAt)), `, ${duration(durationMs ?? 0)}`];
  return html`<li><b>${text(label)}</b> ${name} <span class="soft">${when}</span>
    ${command && html`<code>${command}</code>`}</li>`;
}
