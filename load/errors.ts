import type { Request } from './records.ts';

/** k6's error codes (lib/netext/httpext/error_codes.go) in words. */
const words: Record<number, string> = {
  1050: 'no answer in time',
  1100: 'name not resolved',
  1101: 'name not resolved',
  1201: 'connection reset',
  1211: 'connecting timed out',
  1212: 'connection refused',
  1213: 'unreachable',
  1220: 'connection reset',
};

const address = /\d+\.\d+\.\d+\.\d+(:\d+)?|\[[0-9a-f:]+\](:\d+)?/g;

/**
 * Why a request counts as lost, in words that a table can be keyed by; undefined for an answered one. Answered means an
 * HTTP status from 200 to 399, which is k6's own rule (http_req_failed); other statuses are named, e.g. `HTTP 503`.
 */
export function lossOf(request: Pick<Request, 'status' | 'errorCode' | 'error'>): string | undefined {
  if (request.status >= 200 && request.status < 400) return undefined;
  if (request.status > 0) return `HTTP ${request.status}`;
  if (request.error === 'EOF') return 'closed before an answer';
  return words[request.errorCode] ?? (request.error.replaceAll(address, '…') || `k6 error ${request.errorCode}`);
}

/** The same, as far as somebody was there to see it: undefined for a void one too. */
export const soundLossOf = (request: Request): string | undefined => (request.void ? undefined : lossOf(request));

/** Whether a request is known to be lost. */
export const isLost = (request: Request): boolean => soundLossOf(request) !== undefined;

/** k6's exit codes (errext/exitcodes/codes.go), as far as a local run can end with them. */
const meanings: Record<number, string> = {
  100: 'set-up took too long',
  101: 'tear-down took too long',
  104: 'its configuration is not valid',
  105: 'it was stopped from outside',
  107: 'its script threw an exception',
  108: 'its script gave up',
  109: 'it crashed',
  110: 'its script marked the test as failed',
  137: 'it was killed: out of memory, or from outside',
};

const thresholdsFailed = 99;
/** Also how one ends that was told to. */
export const toldToEnd = 105;

/** Why k6's exit code makes its figures worthless; undefined: it does not, nor does a threshold that failed (99). */
export function brokenExit(code: number, told = false): string | undefined {
  if (code === 0 || code === thresholdsFailed || (told && code === toldToEnd)) return undefined;
  return `k6 ended with exit code ${code}: ${meanings[code] ?? 'see its output'}`;
}
