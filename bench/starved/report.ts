import { markdown, quantile } from '../table.ts';

/** What was seen with one number of busy Pods. Times are in milliseconds from the API's acceptance of a policy. */
export interface Row {
  busy: number;
  /** Until its rule was in the kernel, as whoever listens to nftables heard it. */
  kernelMs: number[];
  /** Until the last connection began that was let through; 0: none. */
  lastMs: number[];
  /** Connections that were let through though they began when the rule was known to be in the kernel. */
  holes: number;
  asked: number;
  /** The longest time for which who asks for connections did not get a processor. */
  stillMs: number;
  /** Changes that did not come to the kernel, or were not made any more within the limit. */
  missing: number;
}

/** At most so late, in milliseconds: p99, and the worst. */
const goal = { p99: 300, worst: 1000 };

const figures = (values: number[]) =>
  [0.5, 0.99, 1].map((share) => (values.length === 0 ? '-' : quantile(values, share).toFixed(0)));

/** A table, and a sentence on each row that misses the goal. */
export function report(rows: Row[]): string {
  const head = ['busy Pods', 'changes', 'kernel p50', 'p99', 'worst', 'last let in p50', 'p99', 'worst', 'holes'];
  const table = markdown(
    [...head, 'asked', 'dialer still'],
    rows.map(({ busy, kernelMs, lastMs, holes, asked, stillMs }) => {
      const times = [...figures(kernelMs), ...figures(lastMs)];
      return [busy, kernelMs.length, ...times, holes, asked, stillMs.toFixed(0)].map(String);
    }),
    0,
  );
  return [table, ...rows.flatMap(verdict)].join('\n\n');
}

function verdict({ busy, kernelMs, lastMs, holes, missing }: Row): string[] {
  const all = [kernelMs, lastMs].filter((values) => values.length > 0);
  const isLate = all.some((values) => quantile(values, 0.99) > goal.p99 || quantile(values, 1) > goal.worst);
  return [
    isLate ? `${busy} busy Pods: later than p99 ${goal.p99} ms, worst ${goal.worst} ms` : [],
    holes > 0 ? `${busy} busy Pods: ${holes} connections were let through that began after the rule was there` : [],
    missing > 0 ? `${busy} busy Pods: ${missing} changes are missing: not within the limit` : [],
  ].flat();
}
