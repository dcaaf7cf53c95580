import type { LoadDifference, Run, Status } from './model.ts';
import { judgedOf, nothingJudged, overBudget, statuses } from './outcome.ts';

/** "0.42 ms", "182 ms", "1.24 s", "84 s", "3 min 20 s". */
export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (Math.abs(ms) < 9.95) return `${trim(ms, Math.abs(ms) < 0.995 ? 2 : 1)} ms`;
  if (Math.abs(ms) < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9995) return `${trim(ms / 1000, 2)} s`;
  if (ms < 99_500) return `${trim(ms / 1000, 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min${seconds % 60 > 0 ? ` ${seconds % 60} s` : ''}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

/** "12,345". */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** "182 ms", "12.3 MB": a value with its unit, which may be empty. */
export function figureText(value: number, unit: string): string {
  return unit === 'ms' ? duration(value) : `${count(value)} ${unit}`.trim();
}

/** "1 scenario", "2 scenarios". */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** "1 request of 200 lost (0.5 %)". */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const share = (100 * part) / whole;
  return share < 0.01 ? '< 0.01 %' : `${trim(share, share < 1 ? 2 : 1)} %`;
}

/** "73 MB", of a million bytes each. */
export function megabytes(bytes: number): string {
  return `${trim(bytes / 1e6, bytes < 9.95e6 ? 1 : 0)} MB`;
}

/** "0.35 %", "140 %": of one processor core. */
export function cores(value: number): string {
  return `${trim(100 * value, value < 0.0995 ? 2 : 0)} %`;
}

/** What ran, e.g. "reference 0.1.0 (mutant open-egress)". */
export function implementation({ cni }: Pick<Run, 'cni'>): string {
  return `${cni.name} ${cni.version}${cni.mutant ? ` (mutant ${cni.mutant})` : ''}`;
}

/** The statuses that occurred with their counts, e.g. [["failed", 2], ["passed", 40]], gravest first. */
export function counted(summary: Run['summary']): [Status, number][] {
  return statuses.filter((status) => summary[status] > 0).map((status) => [status, summary[status]]);
}

/** The verdict in a sentence, for headlines. */
export function headline(run: Run): string {
  const bad = troubles(run);
  if (run.interrupted) {
    if (run.scenarios.length === 0) return 'Interrupted before any scenario had finished';
    return `Interrupted after ${plural(run.scenarios.length, 'scenario')}${bad === '' ? '' : `: ${bad}`}`;
  }
  return bad || (run.problems?.length ? 'The run broke' : (nothingJudged(run) ?? `${good(run)}${inAll(run)}`));
}

/** Of a run that repeats its scenarios: the verdict is on all repeats. */
const inAll = ({ repeat = 1 }: Run): string => (repeat > 1 ? `, each in ${count(repeat)} repeats` : '');

function troubles({ summary, ...run }: Run): string {
  const { failed, flaky, broken } = summary;
  const over = overBudget(run).map(({ figure }) => figure);
  const judged = plural(judgedOf(summary), 'scenario');
  const parts = [
    ...(failed > 0 ? [`${count(failed)} of ${judged} failed`] : []),
    ...(flaky > 0 ? [failed > 0 ? `${count(flaky)} flaky` : `${count(flaky)} of ${judged} flaky`] : []),
    ...(broken > 0 ? [failed + flaky > 0 ? `${count(broken)} broken` : `${plural(broken, 'scenario')} broken`] : []),
  ];
  if (over.length > 0) parts.push(`${over.join(' and ')} over budget`);
  const all = parts.join(', ');
  return all.charAt(0).toUpperCase() + all.slice(1);
}

const good = ({ summary: { passed } }: Run): string =>
  passed > 1 ? `All ${count(passed)} scenarios passed` : 'The scenario passed';

/** "+0.31 ms", "−40 requests/s". */
export function signed(value: number, unit: string): string {
  const sign = value < 0 ? '−' : '+';
  const size = Math.abs(value);
  return `${sign}${unit === 'ms' ? duration(size) : `${Number(size.toPrecision(3))} ${unit}`}`;
}

/** "p50 +0.31 ms (95 % interval +0.2 ms to +0.42 ms, 6 rounds)". */
export function differenceInWords({ figure, unit, mean, low, high, rounds }: LoadDifference): string {
  const interval = `${signed(low, unit)} to ${signed(high, unit)}`;
  return `${figure} ${signed(mean, unit)} (95 % interval ${interval}, ${rounds} rounds)`;
}
