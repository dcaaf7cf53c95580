import { cores, megabytes } from '../format.ts';
import type { Resource } from '../model.ts';
import { type Page, section, text } from './page.ts';

/** What the network itself takes of each node. Empty when it was not measured. */
export function resources({ run }: Page): string {
  const all = run.resources ?? [];
  if (all.length === 0) return '';
  const lead =
    'Memory and processor time of the network’s own Pods on each node while the suite ran, as the kubelet ' +
    'counts them: in its quietest interval of about ten seconds, on average, and in the busiest.';
  const heads = ['Workload', 'Node', 'Memory, at most', 'CPU, quiet', 'average', 'busiest'];
  const head = heads.map((name) => `<th scope="col">${name}</th>`).join('');
  return section(
    'resources',
    'What the network takes of each node',
    lead,
    `<div class="scroll"><table class="latency"><thead><tr>${head}</tr></thead>` +
      `<tbody>${all.map(row).join('')}</tbody></table></div>`,
  );
}

function row({ workload, node, memoryBytes, cores: { least, mean, most } }: Resource): string {
  const figures = [megabytes(memoryBytes), ...[least, mean, most].map(cores)].map((figure) => `<td>${figure}</td>`);
  return `<tr><th scope="row">${text(workload)}</th><td>${text(node)}</td>${figures.join('')}</tr>`;
}
