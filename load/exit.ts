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
export const stoppedFromOutside = 105;

/**
 * Why k6's exit code means that its figures are not to be trusted, or undefined where they are. 99 is no such reason: a
 * threshold that failed says that requests were lost, and how many is what the account is for. `told`: it was told to
 * end.
 */
export function brokenExit(code: number, told = false): string | undefined {
  if (code === 0 || code === thresholdsFailed || (told && code === stoppedFromOutside)) return undefined;
  return `k6 ended with exit code ${code}: ${meanings[code] ?? 'see its output'}`;
}
