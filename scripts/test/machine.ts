/** What this machine was at when a test failed: how scarce its parts were, and what the test had started. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'not told here';
  }
};

/** One line each: load, pressure as the kernel tells it, and the command lines of all that descends from `pid`. */
export function machineNow(pid = process.pid): string[] {
  const pressure = ['cpu', 'memory', 'io'].map((what) => `${what}: ${read(`/proc/pressure/${what}`).split('\n')[0]}`);
  return [`load: ${read('/proc/loadavg')}`, ...pressure, ...descendants(pid).map((line) => `running: ${line}`)];
}

const longest = 160;

function descendants(pid: number): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,etimes=,args='], { encoding: 'utf8' });
  const all = [...(stdout ?? '').matchAll(/^ *(\d+) +(\d+) +(\d+) (.*)$/gm)].filter(
    (each) => !each[4]?.startsWith('ps '),
  );
  const below = (parent: string): string[] =>
    all
      .filter(([, , of]) => of === parent)
      .flatMap(([, id = '', , seconds, args = '']) => [`${args.slice(0, longest)} (${seconds} s)`, ...below(id)]);
  return below(String(pid));
}
