import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';

/** A file that is not whole by then never will be. */
const brokenAfterMs = 10_000;

/**
 * Works off the queue that the plugin fills while no agent answers: a file a request, with three lines: container,
 * interface, and "end". One whose removal fails stays for the next time, and the error is thrown.
 */
export async function workOffDeletions(
  directory: string,
  remove: (containerId: string, ifname: string) => Promise<void>,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory)) {
    const file = `${directory}/${name}`;
    const [containerId = '', ifname = '', end] = readFileSync(file, 'utf8').split('\n');
    if (end === 'end') await remove(containerId, ifname);
    else if (Date.now() - statSync(file).mtimeMs < brokenAfterMs) continue;
    rmSync(file, { force: true });
  }
}
