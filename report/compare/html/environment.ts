import { duration } from '../../format.ts';
import { readable, section, text } from '../../html/index.ts';
import { escapeHtml } from '../../safe.ts';
import type { Column, Comparison, RunSummary } from '../model.ts';

/** Where each ran, and how to run all of it again. */
export function environment({ columns, command }: Comparison): string {
  const keys = [
    ...new Set(columns.flatMap(({ runs }) => runs.flatMap(({ environment }) => Object.keys(environment ?? {})))),
  ];
  const row = (name: string, of: (column: Column) => (string | undefined)[]) => {
    const cells = columns.map((column) => {
      const values = [...new Set(of(column).map((value) => value ?? 'not known'))];
      return `<td>${values.map(text).join('<br>')}</td>`;
    });
    return `<tr><th scope="row">${text(name)}</th>${cells.join('')}</tr>`;
  };
  const rows = [
    row('CNI', ({ cni }) => [`${cni.name} ${cni.version ?? ''}`]),
    ...(columns.some(({ cni }) => cni.mutant) ? [row('Deliberate fault', ({ cni }) => [cni.mutant ?? 'none'])] : []),
    row('Cluster', ({ cluster }) => [cluster && `${cluster.provider}, ${cluster.nodes} nodes`]),
    row('Kubernetes', ({ cluster }) => [cluster?.kubernetes]),
    row('Kernel', ({ cluster }) => [cluster?.kernel]),
    row('netvet', ({ runs }) => runs.map(({ netvet }) => netvet)),
    ...keys.map((key) => row(key, ({ runs }) => runs.map(({ environment }) => environment?.[key]))),
  ];
  const heads = ['', ...columns.map(({ label }) => text(label))].map((head) => `<th scope="col">${head}</th>`).join('');
  const table =
    `<div class="scroll" role="region" tabindex="0" aria-label="Environment"><table class="latency others">` +
    `<thead><tr>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
  const runs = columns.flatMap(({ label, runs }) => runs.map((run) => runRow(label, run)));
  return section(
    'environment',
    'Environment',
    '',
    table,
    `<h3 class="panel">Runs</h3><ul class="runs">${runs.join('')}</ul>`,
    `<h3 class="panel">To compare again</h3><pre class="command" tabindex="0">${escapeHtml(command)}</pre>`,
  );
}

function runRow(label: string, { source, href, startedAt, durationMs, command }: RunSummary): string {
  const name = href === undefined ? text(source) : `<a href="${escapeHtml(href)}">${text(source)}</a>`;
  const when = startedAt === undefined ? 'no results' : `${text(readable(startedAt))}, ${duration(durationMs ?? 0)}`;
  return (
    `<li><b>${text(label)}</b> ${name} ` +
    `<span class="soft">${when}</span>${command ? `<code>${escapeHtml(command)}</code>` : ''}</li>`
  );
}
