import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { waitFor } from '../../kind/wait.ts';
import { namespace, namespacePath, pidFile, runDirectory } from './paths.ts';

/** Milliseconds for the daemon to stop its containers and end. */
const stopMs = 60_000;

/**
 * Stops netvet's own engine with all its containers, and removes its network namespace. Images stay. False where it was
 * not running.
 */
export async function stopEngine(): Promise<boolean> {
  const pid = await runningPid();
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    await waitFor(`the engine (process ${pid}) to end`, stopMs, async () => (await runningPid()) !== pid);
  }
  // goes for good once no process is in it
  if (existsSync(namespacePath)) await execa('ip', ['netns', 'delete', namespace]);
  await rm(runDirectory, { recursive: true, force: true });
  return pid !== undefined;
}

/** The daemon's process id. The file may be left from one that crashed, and its number may be another program's now. */
async function runningPid(): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(pidFile, 'utf8'));
    return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim() === 'dockerd' ? pid : undefined;
  } catch {
    return undefined;
  }
}
