/** `part/count`, with the ends as k6's own examples write them. */
const bound = (part: number, count: number): string => (part === 0 ? '0' : part === count ? '1' : `${part}/${count}`);

/**
 * Equal shares for so many runners: together they are the whole load, and no iteration is in two of them. The sequence
 * is the same for all: by it k6 knows which iterations are the others'.
 * https://grafana.com/docs/k6/latest/using-k6/k6-options/reference/#execution-segment
 */
export function sharesOf(runners: number): { executionSegment: string; executionSegmentSequence: string }[] {
  const bounds = Array.from({ length: runners + 1 }, (_, part) => bound(part, runners));
  const executionSegmentSequence = bounds.join(',');
  return Array.from({ length: runners }, (_, i) => ({
    executionSegment: `${bounds[i]}:${bounds[i + 1]}`,
    executionSegmentSequence,
  }));
}

/** Name of the file with a runner's share; `runner` may be something that becomes its number only later. */
export const shareName = (runner: number | string): string => `runner-${runner}.json`;

/** The shares as files that `k6 run --config` takes. */
export function shareFiles(runners: number): Record<string, string> {
  return Object.fromEntries(sharesOf(runners).map((share, i) => [shareName(i), JSON.stringify(share)]));
}
