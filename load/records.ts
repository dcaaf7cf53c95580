/** One request, as load/scripts/service-path.ts recorded it. */
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
  /** k6's own words for what went wrong; empty when nothing did. */
  error: string;
}

/** k6's own counts at its end. */
interface Totals {
  requests: number;
  iterations: number;
  /** Iterations that were due and never began, because every virtual user was busy. */
  dropped: number;
}

export interface Recording {
  requests: Request[];
  /** Absent: k6 did not get to its end. */
  totals: Totals | undefined;
  /** Every line that is neither: k6's warnings and errors. */
  notes: string[];
}

const requestLine = /^request (\w+) (\d+) (\d+) (\d+) (\d+\.\d+) (\S+) ?(.*)$/;
const totalsLine = /^totals (\d+) (\d+) (\d+)$/;

/** Reads one line of k6's output into the recording. */
function readLine(line: string, recording: Recording): void {
  const request = requestLine.exec(line);
  const totals = totalsLine.exec(line);
  if (request) {
    const [, kind, startedMs, status, errorCode, ms, pod, error] = request;
    recording.requests.push({
      kind: kind as string,
      startedMs: Number(startedMs),
      status: Number(status),
      errorCode: Number(errorCode),
      ms: Number(ms),
      pod: pod === '-' ? undefined : pod,
      error: error as string,
    });
  } else if (totals) {
    const [, requests, iterations, dropped] = totals;
    recording.totals = { requests: Number(requests), iterations: Number(iterations), dropped: Number(dropped) };
  } else if (line.trim() !== '') {
    recording.notes.push(line);
  }
}

/**
 * Reads what k6 printed with RECORD=1 and --log-format=raw: stdout and stderr in one stream, as a Pod's log is. Lines that
 * are not understood become notes; whether any request is missing shows in account(), by k6's own totals.
 */
export function parseRecording(output: string): Recording {
  const recording: Recording = { requests: [], totals: undefined, notes: [] };
  for (const line of output.split('\n')) readLine(line.trimEnd(), recording);
  return recording;
}
