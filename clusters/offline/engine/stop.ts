import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { namespace, namespacePath, pidFile, runDirectory } from './paths.ts';

/** Milliseconds for the daemon to stop its containers and end. */
const stopMs = 60_000;

/**
 * Stops netvet's own engine with all its containers, and removes its network namespace. Images stay. False where it was not running.
 */
export async function stopEngine(): Promise<boolean> {
  const pid = await runningPid();
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    for (const deadline = Date.now() + stopMs; (await runningPid()) === pid; await delay(100)) {
      if (Date.now() > deadline)
        throw new Error(`the engine (process ${pid}) has not ended ${stopMs / 1000} s after it was told to`);
    }
  }
  // goes for good once no process is in it
  if (existsSync(namespacePath)) await execa('ip', ['netns', 'delete', namespace]);
  await rm(runDirectory, { recursive: true, force: true });
  return pid !== undefined;
}

/** The daemon's process id. The file may be left from one that crashed, and its number may have gone to another program. */
async function runningPid(): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(pidFile, 'utf8'));
    return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim() === 'dockerd' ? pid : undefined;
  } catch {
    return undefined;
  }
}
