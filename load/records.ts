/** A time in which a program did not run: it was to wake up, and did so too late. */
export interface Pause {
  /** Milliseconds since 1970 when it should have woken up. */
  atMs: number;
  ms: number;
}

/** Who stood still while a request was under way. */
export interface Stood {
  who: string;
  /** For how long in all. */
  ms: number;
  /** In one long pause, and not in many short ones. */
  atOnce: boolean;
}

/** One request, as the scripts of load/scripts record it. */
export interface Request {
  /** Which way it went: `service` or `direct`; `control` is through the Service before the load begins. */
  kind: string;
  /** Milliseconds since 1970 on the client's clock. */
  startedMs: number;
  /** HTTP status; 0 when no answer came. */
  status: number;
  /** k6's error code; 0 when there was none. */
  errorCode: number;
  /** From the first SYN to the last byte; for a request without an answer, until it was given up. Milliseconds. */
  ms: number;
  /** The Pod that answered. */
  pod: string | undefined;
  /** The process in it that answered, POD/ID: a Pod's name comes again, and so does a container. */
  process: string | undefined;
  /** k6's own words for what went wrong; empty when nothing did. */
  error: string;
  /** It ran into its time-out while somebody in it stood still: nobody knows whether it was lost (pauses.ts). */
  void?: Stood | undefined;
}

/** k6's own counts at its end. */
interface Totals {
  requests: number;
  iterations: number;
  /** Iterations that were due and never began, because every virtual user was busy. */
  dropped: number;
  /** Requests that began, where a script counts them: in no other count are those that k6 was told to end. */
  begun: number;
}

export interface Recording {
  requests: Request[];
  /** Absent: k6 did not get to its end. */
  totals: Totals | undefined;
  /** When k6 itself stood still. */
  pauses: Pause[];
  /** Every line that is none of these: k6's warnings and errors. */
  notes: string[];
}

const requestLine = /^request (\w+) (\d+) (\d+) (\d+) (\d+\.\d+) (\S+) ?(.*)$/;
const totalsLine = /^totals (\d+) (\d+) (\d+) (\d+)$/;
const pauseLine = /^paused (\d+) (\d+)$/;
/** What k6 says of a request that it gave up because it was told to end: neither an answer nor a loss. */
const cutOff = 'context canceled';

/** A recording of which nothing is there yet. */
export const emptyRecording = (): Recording => ({ requests: [], totals: undefined, pauses: [], notes: [] });

/** Reads one line of k6's output into the recording. */
export function readLine(line: string, recording: Recording): void {
  const request = requestLine.exec(line);
  const totals = totalsLine.exec(line);
  const pause = pauseLine.exec(line);
  if (request) {
    const [, kind, startedMs, status, errorCode, ms, process, error] = request;
    if (status === '0' && error === cutOff) return;
    recording.requests.push({
      kind: kind as string,
      startedMs: Number(startedMs),
      status: Number(status),
      errorCode: Number(errorCode),
      ms: Number(ms),
      pod: process === '-' ? undefined : process?.split('/')[0],
      process: process === '-' ? undefined : process,
      error: error as string,
    });
  } else if (totals) {
    const [requests, iterations, dropped, begun] = totals.slice(1).map(Number) as [number, number, number, number];
    recording.totals = { requests, iterations, dropped, begun };
  } else if (pause) {
    recording.pauses.push({ atMs: Number(pause[1]), ms: Number(pause[2]) });
  } else if (line.trim() !== '') {
    recording.notes.push(line);
  }
}

/** Reads what k6 printed with RECORD=1 and --log-format=raw. What is missing shows in accountOf(), by k6's totals. */
export function parseRecording(output: string): Recording {
  const recording = emptyRecording();
  for (const line of output.split('\n')) readLine(line.trimEnd(), recording);
  return recording;
}
