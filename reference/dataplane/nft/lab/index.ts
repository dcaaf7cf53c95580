/**
 * A small cluster of network namespaces for tests: node1 (where the code under test works), node2, an outsider on the
 * same wire, and Pods on both nodes, attached as the reference CNI does it. It is private; it vanishes with its first
 * process, which ends when this one does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { anAttachment } from '../../../model/fixtures.ts';
import type { Attachment } from '../../../model/index.ts';
import type { PeerAnswer, PeerRequest } from '../../../testing/peer.ts';
import { patientRun } from '../../../testing/wait.ts';
import { mustRun, type Run } from '../../run.ts';

const peerFile = fileURLToPath(new URL('../../../testing/peer.ts', import.meta.url));
const NODE1 = '192.168.0.1';
const NODE2 = '192.168.0.2';
export const OUTSIDER = '192.168.0.9';

const wire = `
set -e
export PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs none /run
mkdir -p /run/netns
ip link set lo up
for ns in wire node2 outsider; do ip netns add $ns; ip -n $ns link set lo up; done
ip -n wire link add under type bridge
ip -n wire link set under up
attach() { ip link add w$1 netns wire type veth peer name eth0 $2; ip -n wire link set w$1 master under up; }
attach 1
attach 2 'netns node2'
attach 9 'netns outsider'
ip addr add ${NODE1}/24 dev eth0
ip link set eth0 up
ip -n node2 addr add ${NODE2}/24 dev eth0
ip -n node2 link set eth0 up
ip -n outsider addr add ${OUTSIDER}/24 dev eth0
ip -n outsider link set eth0 up
ip route add 10.244.2.0/24 via ${NODE2}
ip route add default via ${OUTSIDER}
ip -n node2 route add 10.244.1.0/24 via ${NODE1}
ip -n node2 route add default via ${OUTSIDER}
sysctl -qw net.ipv4.ip_forward=1
nsenter --net=/run/netns/node2 sysctl -qw net.ipv4.ip_forward=1
echo ready
exec cat
`;

/** For those who expect no answer: long enough for a kernel's to come. */
export const briefly = { timeoutMs: 500 };

/** A namespace with a program in it that serves and dials. */
type Peer = ReturnType<typeof talkTo>;

export interface PodPeer extends Peer {
  attachment: Attachment;
}

export type Lab = Awaited<ReturnType<typeof createLab>>;

/** Rejects where namespaces may not be made. */
export async function createLab() {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const own = ['--net', '--mount', '--pid', '--mount-proc', '--fork', '--kill-child', '--propagation', 'private'];
  const holder = spawn('unshare', [...user, ...own, 'sh', '-c', wire], { stdio: ['pipe', 'pipe', 'pipe'] });
  const said = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit').then(() => undefined)]);
  if (said === undefined) throw new Error(`no private network: ${String(holder.stderr.read() ?? '')}`);
  const children = await patientRun()(['pgrep', '-P', String(holder.pid)]);
  const asUser = user.length > 0 ? ['-U', '--preserve-credentials'] : [];
  const enter = ['nsenter', '-t', children.stdout.trim(), ...asUser, '-n', '-m', '-p'];
  const run = patientRun([...enter, '--']);
  const peers: ChildProcess[] = [];
  const peer = (name: string, ip: string, netns?: string): Peer => {
    const prefix = netns === undefined ? [] : ['nsenter', `--net=/run/netns/${netns}`, '--'];
    const program = [process.execPath, '--disable-warning=ExperimentalWarning', peerFile, name];
    const [command = '', ...args] = [...enter, '--', ...prefix, ...program];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    peers.push(child);
    return talkTo(child, name, ip);
  };
  return {
    /** Runs commands on node1. */
    run,
    /** Processes on node1, and outside. */
    host: peer('host', NODE1),
    outsider: peer('outsider', OUTSIDER, 'outsider'),
    node2: peer('node2', NODE2, 'node2'),
    /** Makes a Pod in namespace `default` on node 1 or 2. */
    async pod(name: string, ip: string): Promise<PodPeer> {
      const attachment = await attachPod(run, name, ip);
      return { ...peer(name, ip, name), attachment };
    },
    async [Symbol.asyncDispose]() {
      for (const child of peers) child.stdin?.end();
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    },
  };
}

/** A routed veth pair, as the reference CNI makes it. */
async function attachPod(run: Run, name: string, ip: string): Promise<Attachment> {
  const node = ip.startsWith('10.244.2.') ? ['nsenter', '--net=/run/netns/node2', '--'] : [];
  const host = `nv${name}`;
  const mac = 'ee:ee:ee:ee:ee:ee';
  const script = `set -e
ip netns add ${name}
ip link add ${host} address ${mac} type veth peer name eth0 netns /run/netns/${name}
ip link set ${host} up
ip -n ${name} link set lo up
ip -n ${name} link set eth0 up
ip -n ${name} addr add ${ip}/32 dev eth0
ip -n ${name} route add 169.254.1.1 dev eth0 scope link
ip -n ${name} route add default via 169.254.1.1
ip -n ${name} neigh replace 169.254.1.1 lladdr ${mac} dev eth0 nud permanent
ip route add ${ip}/32 dev ${host}
sysctl -qw net.ipv4.conf.${host}.route_localnet=1`;
  await mustRun(run, [...node, 'sh', '-c', script]);
  return anAttachment(`default/${name}`, ip, { mac });
}

function talkTo(child: ChildProcess, name: string, ip: string) {
  const waiting = new Map<number, (answer: PeerAnswer) => void>();
  let last = 0;
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const { id, ...answer } = JSON.parse(line) as PeerAnswer & { id: number };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  child.once('exit', () => waiting.forEach((resolve) => resolve({ outcome: `${name} has ended` })));
  const ask = (request: PeerRequest): Promise<PeerAnswer> =>
    new Promise((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      child.stdin?.write(`${JSON.stringify({ id: last, ...request })}\n`);
    });
  const dial = async (request: PeerRequest): Promise<string> => {
    const { outcome, server, client } = await ask(request);
    return outcome === 'answered' ? `${server} ${client}` : outcome;
  };
  return {
    name,
    ip,
    ask,
    /** What became of one request, in a word or `server client`. */
    tcp: (address: string, port: number, more?: Partial<PeerRequest>) => dial({ op: 'tcp', address, port, ...more }),
    udp: (address: string, port: number, more?: Partial<PeerRequest>) => dial({ op: 'udp', address, port, ...more }),
    /** What became of how many connections over so long, and at least so many. */
    async many(address: string, port: number, timeoutMs: number, count: number): Promise<Record<string, number>> {
      return JSON.parse((await ask({ op: 'many', address, port, timeoutMs, count })).outcome);
    },
    async serve(protocol: 'TCP' | 'UDP', ...ports: number[]): Promise<void> {
      for (const port of ports) {
        const { outcome } = await ask({ op: 'serve', protocol, port });
        if (outcome !== 'serving') throw new Error(`${name} cannot serve ${protocol}/${port}: ${outcome}`);
      }
    },
  };
}
