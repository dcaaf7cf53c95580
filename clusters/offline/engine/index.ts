/** An engine of netvet's own, for machines that have none: Docker's daemon in a network namespace without a way out. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { dockerAt } from '../../kind/engine.ts';
import { mayHaveSysResource } from '../../kind/preflight/checks.ts';
import { waitFor } from '../../kind/wait.ts';
import { needPackages } from './packages.ts';
import { namespace, namespacePath, ownHost, pidFile, runDirectory } from './paths.ts';

export { needPackages } from './packages.ts';

/** Milliseconds. The daemon takes 1 to 5 s to come up, on a disk that is busy some more. */
const startMs = 60_000;

/** Milliseconds for it to stop its containers and end. */
const stopMs = 60_000;

/** What kubelets need: each takes a dozen inotify instances, systemd some more; the usual 128 are for all of a user. */
const inotify = { max_user_instances: 8192, max_user_watches: 1_048_576 };

interface StartOptions {
  /** The per-user cache directory: images and containers live in its folder `engine`. */
  cache: string;
  progress(this: void, line: string): void;
}

/** Starts it where it does not run. Returns its DOCKER_HOST. Rejects with the log's last lines. */
export async function startEngine({ cache, progress }: StartOptions): Promise<string> {
  if (await answers()) return ownHost;
  if (process.getuid?.() !== 0) throw new Error('an engine is started as root: run this again with sudo');
  await needPackages('engine', progress);
  progress('Starting the engine');
  const data = join(cache, 'engine');
  await mkdir(data, { recursive: true });
  await mkdir(runDirectory, { recursive: true });
  if (!existsSync(namespacePath)) await execa('ip', ['netns', 'add', namespace]);
  await execa('nsenter', [`--net=${namespacePath}`, 'ip', 'link', 'set', 'lo', 'up']);
  await raiseLimits(progress);
  const log = join(data, 'dockerd.log');
  await launch(data, log);
  await waitFor('the engine to come up', startMs, answers).catch(async (error: Error) => {
    const last = (await readFile(log, 'utf8')).trim().split('\n').slice(-5).join('\n');
    throw new Error(`${error.message} (log: ${log}):\n${last}`, { cause: error });
  });
  return ownHost;
}

async function launch(data: string, log: string): Promise<void> {
  const output = await open(log, 'w');
  // nsenter and not "ip netns exec": that one mounts another /sys, which has no cgroups
  const argv = [`--net=${namespacePath}`, 'dockerd', '--host', ownHost, '--pidfile', pidFile];
  argv.push('--data-root', join(data, 'docker'), '--exec-root', join(runDirectory, 'exec'));
  if (!mayHaveSysResource(await readFile('/proc/self/status', 'utf8'))) {
    // the checkout may go away while containers run
    const wrapper = join(data, 'runtime.sh');
    await copyFile(join(import.meta.dirname, 'runtime.sh'), wrapper);
    argv.push('--add-runtime', `netvet=${wrapper}`, '--default-runtime', 'netvet');
  }
  const child = spawn('nsenter', argv, {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  child.on('error', () => {}); // said by the log's absence of an engine
  child.unref();
  await output.close();
}

const answers = (): Promise<boolean> =>
  dockerAt(ownHost)
    .ping()
    .then(
      () => true,
      () => false,
    );

/** Never lowers one. What cannot be written is for the preflight checks to name. */
async function raiseLimits(progress: (line: string) => void): Promise<void> {
  for (const [name, wanted] of Object.entries(inotify)) {
    const file = `/proc/sys/fs/inotify/${name}`;
    const now = Number(await readFile(file, 'utf8'));
    if (now >= wanted) continue;
    progress(`Raising fs.inotify.${name} from ${now} to ${wanted}`);
    await writeFile(file, String(wanted)).catch(() => undefined);
  }
}

/** Stops it with all its containers, and removes its network namespace. Images stay. False where it was not running. */
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
