/** What was measured since the look before. */
export interface Look {
  /** The share of the time, 0 to 1, in which this thread's event loop was due and did not run. */
  late: number;
  /** The share in which something waited for a processor (/proc/pressure/cpu); absent: it cannot be read. */
  pressure?: number;
  /** An observer of the suite stood still for so long that what it saw did not count. */
  stoodStill?: boolean;
}

/** How many places scenarios may take together, and why not more. */
export interface Pace {
  limit: number;
  /** The machine is what keeps it below the most. */
  busy: boolean;
  /** Looks until the limit may fall again. */
  rest: number;
}

/**
 * Below `calm` nothing was kept waiting to speak of: ticks due every 10 ms came every 15. Above `busy` they came every
 * 25, or not at all for far longer. In between it is the machine that is to blame where its processors were waited for
 * nearly all the time, else this thread's own work.
 */
const bounds = { calm: 0.35, busy: 0.6, full: 0.9 };
/** What runs has to end before a fall can be felt. */
const restLooks = 5;
const fall = 2 / 3;

/** The workers load for about one processor second each: the first look at the machine is taken with few of them. */
export const firstPace = (most: number): Pace => ({ limit: Math.min(2, most), busy: false, rest: 0 });

/** One more after a calm look, twice as many at first; a third less after a busy one; from 1 to `most`. */
export function nextPace(
  { limit, busy, rest }: Pace,
  { late, pressure = 1, stoodStill = false }: Look,
  most: number,
): Pace {
  const isBusy = stoodStill || late > bounds.busy;
  if (isBusy && rest === 0) return { limit: Math.max(1, Math.floor(limit * fall)), busy: most > 1, rest: restLooks };
  const isCalm = !isBusy && (late <= bounds.calm || pressure < bounds.full);
  const next = isCalm ? Math.min(most, limit + (busy ? 1 : limit)) : limit;
  return { limit: next, busy: next < most && (busy || !isCalm), rest: Math.max(0, rest - 1) };
}
