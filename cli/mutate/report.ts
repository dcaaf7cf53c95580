import { writeFiles } from '../../report/index.ts';
import { wordsOf } from './board.ts';
import type { Control } from './control.ts';
import { countFates, type Fate, type Result } from './result.ts';

/** What `netvet mutate` found: the content of mutate.json. */
export interface Report {
  schema: 'netvet/mutate/v1';
  id: string;
  /** RFC 3339. */
  startedAt: string;
  durationMs: number;
  command: string;
  netvet: string;
  /** How many mutants were asked for; those that are missing in `mutants` were not begun. */
  wanted: number;
  interrupted?: boolean;
  controls: Control[];
  summary: Record<Fate, number>;
  mutants: Result[];
}

export function reportOf(head: Omit<Report, 'schema' | 'summary'>): Report {
  return { schema: 'netvet/mutate/v1', ...head, summary: countFates(head.mutants) };
}

/** Writes mutate.json and mutate.md. */
export async function writeReport(report: Report, directory: string): Promise<void> {
  await writeFiles(directory, {
    'mutate.json': () => `${JSON.stringify(report, undefined, 2)}\n`,
    'mutate.md': () => markdown(report),
  });
}

const escaped = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** The table for people. */
export function markdown({ command, durationMs, controls, wanted, summary, mutants }: Report): string {
  const counts = Object.entries(summary).filter(([, count]) => count > 0);
  const sum = counts.map(([fate, count]) => `${count} ${fate}`).join(', ') || 'none';
  const rows = mutants.map((result) => {
    const { name, fault, link, fate, durationMs } = result;
    const by = fate === 'killed' ? wordsOf(result) : `**${fate}**: ${wordsOf(result)}`;
    const cells = [`\`${name}\``, fault, `[${bugOf(link)}](${link})`, by, (durationMs / 1000).toFixed(0)];
    return `| ${cells.map(escaped).join(' | ')} |`;
  });
  return [
    `\`${command}\`: of ${wanted} mutants ${sum}, in ${(durationMs / 60_000).toFixed(1)} minutes.`,
    '',
    ...controls.map((control) => `${controlSentence(control)}\n`),
    '| mutant | what it breaks | real bug | killed by | seconds |',
    '|---|---|---|---|---:|',
    ...rows,
    '',
  ].join('\n');
}

/** What the control came to. */
export function controlSentence({ fabric, isLate, scenarios, durationMs, problems }: Control): string {
  const where = `${fabric === 'vxlan' ? ' over VXLAN' : ''}${isLate ? ', with late watches,' : ''}`;
  const took = `${(durationMs / 1000).toFixed(0)} s`;
  if (problems.length === 0)
    return `Without a fault${where} all ${scenarios} of the scenarios that judge them pass (${took}).`;
  const failed = problems.join('; ');
  return `Without a fault${where} not all of the scenarios that judge them pass, so nothing is proven: ${failed}`;
}

/** "flannel-io/flannel#558", or the host of a page that is no issue. */
export function bugOf(link: string): string {
  const issue = /^https:\/\/github\.com\/([^/]+\/[^/]+)\/(?:issues|pull)\/(\d+)/.exec(link);
  return issue ? `${issue[1]}#${issue[2]}` : new URL(link).hostname;
}
