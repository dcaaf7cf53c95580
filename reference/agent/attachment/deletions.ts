import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';

/** A file that is not whole by then never will be. */
const brokenAfterMs = 10_000;

/** A DEL that the plugin wrote down. */
interface Deletion {
  /** Where; to be removed when the DEL is done. */
  file: string;
  containerId: string;
  ifname: string;
}

/**
 * Reads the queue that the plugin fills while no agent answers: a file a request, with three lines: container,
 * interface, and "end". What cannot be read is no reason to leave the others.
 */
export function readDeletions(directory: string, report: (file: string, error: unknown) => void): Deletion[] {
  mkdirSync(directory, { recursive: true });
  return readdirSync(directory).flatMap((name) => {
    const file = `${directory}/${name}`;
    try {
      const [containerId = '', ifname = '', end] = readFileSync(file, 'utf8').split('\n');
      if (end === 'end') return [{ file, containerId, ifname }];
      if (Date.now() - statSync(file).mtimeMs >= brokenAfterMs) rmSync(file, { force: true });
    } catch (error) {
      report(file, error);
    }
    return [];
  });
}
