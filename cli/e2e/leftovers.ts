import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { execaSync } from 'execa';

/** What a run could leave behind on this machine, one line each, so that two looks can be compared. */
export function machineState(): string[] {
  const quiet = (argv: string[]) => execaSync(argv[0] as string, argv.slice(1), { reject: false }).stdout.split('\n');
  const folders = [tmpdir(), '/run', '/run/netns', '/dev/shm', '/var/lib/cni', '/etc/cni', '/opt/cni/bin'];
  return [
    ...folders.flatMap((folder) => list(folder).map((name) => `file ${folder}/${name}`)),
    ...quiet(['ip', '-br', 'link']).map((line) => `link ${line}`),
    ...quiet(['nft', 'list', 'tables']).map((line) => `nft ${line}`),
    ...readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => `mount ${line}`),
  ];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there, or not ours to read
  }
}

/** Processes that carry `marker` in their environment, and the namespaces they hold: `pid 12 net:[402653] node`. */
export function processesWith(marker: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(marker)) return [];
        return [
          `pid ${pid} ${readlinkSync(`/proc/${pid}/ns/net`)} ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}`,
        ];
      } catch {
        return []; // it ended while we looked, or it is another user's
      }
    });
}
