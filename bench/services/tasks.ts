/** What the client is asked, a line of JSON each, and its answers. Times: milliseconds of the monotonic clock. */
import type { Target } from './addresses.ts';

export type Task =
  /** Until each target has answered once. */
  | { task: 'answers'; targets: Target[]; limitMs: number }
  /** Until connections reach the endpoint `to` and, in a long enough run, never `from`. */
  | { task: 'moved'; target: Target; from: string; to: string; limitMs: number }
  /** Connections one after the other, in turns through a Service and straight to an endpoint. */
  | { task: 'latency'; services: Target[]; endpoints: Target[]; count: number }
  /** As many connections as can be made by a few at once. */
  | { task: 'rate'; targets: Target[]; ms: number }
  /** Connections that stay open, and new ones at a steady rate, until it is ended. */
  | { task: 'steady'; targets: Target[] }
  | { task: 'stop' };

export interface Answers {
  /** When the last of them had answered. Absent: not within the limit, and then one that did not. */
  answers: { at?: number; missing?: string };
  moved: { at?: number };
  /** Microseconds from connect() to connected. */
  latency: { service: number[]; direct: number[]; failed: number };
  rate: { perSecond: number; failed: number };
  steady: { started: true };
  stop: Losses;
}

export interface Losses {
  open: number;
  openLost: number;
  fresh: number;
  freshLost: number;
}

/** The machine's monotonic clock, the same in every process. */
export const clock = (): number => Number(process.hrtime.bigint()) / 1e6;
