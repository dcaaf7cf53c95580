/**
 * Nodes: network, mount, UTS, IPC and PID namespaces on a common underlay. A node has its own /run, /etc/cni, /opt/cni,
 * /var/lib/cni, /var/lib/kubelet and /var/log, its own nftables and routes, and a first process that reaps. Everything
 * else it shares with netvet. Only inside the namespaces that enter() makes.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { CommandResult } from '../../cluster.ts';
import { type CommandOptions, nsenter, run, succeed } from '../command.ts';
import { startShim } from './shim.ts';

export type { DialAnswer } from './dial.ts';
export type { Shim } from './shim.ts';

/** The network that nodes share, as kind's: the API server is the first address, node1 the eleventh. */
const prefix = '172.18.0';

/** The bridge, and the API server's and netvet's own address on it. */
export const underlay = { name: 'underlay', address: `${prefix}.1`, length: 16 };

/** Makes the bridge that nodes are plugged into. The API server has an address on it; it leads nowhere else. */
export async function createUnderlay(): Promise<void> {
  const { name, address, length } = underlay;
  const batch = [
    // a fixed address: without one it takes its ports' lowest, which changes as nodes come and go: stale neighbours
    `link add ${name} address 02:00:ac:12:00:01 type bridge`,
    `addr add ${address}/${length} dev ${name}`,
    `link set ${name} up`,
  ];
  await succeed(['ip', '-batch', '-'], { stdin: `${batch.join('\n')}\n` });
}

/** Idempotent. */
export async function deleteUnderlay(): Promise<void> {
  await run(['ip', 'link', 'del', underlay.name]);
}

const directories = 'etc-cni/net.d opt-cni/bin var-lib-cni var-lib-kubelet var-log run/netns run/lock run/netvet';

/** What a node has of its own, in the order of its mounts: /run last, because the state directory lies in it. */
const mounted = 'etc-hosts etc-hostname etc-cni opt-cni var-lib-cni var-lib-kubelet var-log run';

function furnish(state: string, name: string, address: string): void {
  for (const directory of directories.split(' ')) mkdirSync(join(state, directory), { recursive: true });
  const binds = mounted.split(' ').map((own) => `${state}/${own} /${own.replaceAll('-', '/')} none bind\n`);
  writeFileSync(join(state, 'fstab'), ['/proc /.proc none rbind\n', ...binds].join(''));
  writeFileSync(join(state, 'etc-hostname'), `${name}\n`);
  writeFileSync(join(state, 'etc-hosts'), `127.0.0.1 localhost\n::1 localhost\n${address} ${name}\n`);
}

export type Node = Awaited<ReturnType<typeof createNode>>;

/** Makes node number `index` (from 0); of one that fails nothing runs any more. `directory` dies with the cluster. */
export async function createNode(index: number, directory: string) {
  const name = `node${index + 1}`;
  const address = `${prefix}.${11 + index}`;
  const state = join(directory, name);
  furnish(state, name, address);

  const script = join(import.meta.dirname, 'node.sh');
  const namespaces = ['--net', '--mount', '--uts', '--ipc', '--pid', '--fork', '--kill-child=KILL'];
  const child = spawn('unshare', [...namespaces, 'sh', script, name, state], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let pid: number;
  try {
    const answer = dialogue(child, name);
    pid = Number(await answer('made'));
    // one end on the bridge, the other in the node
    await succeed(`ip link add ${name} master ${underlay.name} up type veth peer name eth0 netns ${pid}`.split(' '));
    const batch = [
      'link set lo up',
      `addr add ${address}/${underlay.length} dev eth0`,
      'link set eth0 up',
      `route add default via ${underlay.address}`,
    ];
    child.stdin.write(`${batch.join('\n')}\n\n`);
    await answer('up');
  } catch (error) {
    child.stdin.end();
    await ended;
    throw error;
  }

  const enter = nsenter(pid);
  const shim = startShim({ name, enter });
  let stopping = false;
  return {
    name,
    address,
    /** The process id, here, of its first process. */
    pid,
    /** Its own directories, as seen from here: `${state}/run` is its /run, `etc-cni` its /etc/cni, and so on. */
    state,
    /** For what is done on the node often: no process of netvet's own is forked. */
    shim,
    /** Runs a command in all of the node's namespaces. */
    run: (argv: string[], options?: CommandOptions): Promise<CommandResult> => run([...enter, ...argv], options),
    /** Ends every process on it; its links go with it. Idempotent. */
    async stop(): Promise<void> {
      stopping = true;
      shim.stop();
      child.stdin.end();
      await ended;
      // the kernel takes a dead namespace's links away in its own time; this end goes now. It may be gone: no error
      await run(['ip', 'link', 'del', name]);
    },
    /** Called once when its first process ends without stop(). */
    onDeath: (handler: () => void) => void ended.then(() => stopping || handler()),
  };
}

/** Waits for lines of a node's first process: the line must start with the word; gives the rest of it. */
function dialogue({ stdin, stdout, stderr }: ChildProcessByStdio<Writable, Readable, Readable>, name: string) {
  let errors = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  stdin.on('error', () => {}); // it ended: the missing answer says so
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (word: string): Promise<string> => {
    const line = (await lines.next()).value ?? '';
    if (line.startsWith(word)) return line.slice(word.length).trim();
    throw new Error(`node ${name} could not be made (it should have said "${word}"): ${line} ${errors.trim()}`);
  };
}
