import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mustBatch } from '../dataplane/ip/index.ts';
import { inNetns, mustRun, type Run, type RunResult } from '../dataplane/run.ts';
import type { PeerAnswer, PeerRequest } from './peer.ts';
import { patientRun, until } from './wait.ts';

const here = import.meta.dirname;
const plugin = `${here}/../plugin/netvet-cni`;
const agentMain = `${here}/../agent/main.ts`;
const outer = patientRun();

/** The program peer.ts with something to do. */
export const peerArgv = (request: PeerRequest): string[] => [
  process.execPath,
  `${here}/peer.ts`,
  'peer',
  JSON.stringify(request),
];

/** Directories that are a node's own: empty, in memory. */
const own = ['/run', '/var/lib/cni', '/opt/cni', '/etc/cni'];

/** The bridge that nodes hang on; the test itself is at .1. */
export const underlay = { bridge: 'under', address: '192.168.50.1', prefixLength: 24 };

export async function makeUnderlay(): Promise<void> {
  await mustBatch(outer, 'ip', [
    'link set lo up',
    // without a MAC of its own it takes the lowest of its ports, and changes it under its neighbours when one leaves
    `link add ${underlay.bridge} address 02:00:00:00:00:01 type bridge`,
    `link set ${underlay.bridge} up`,
    `addr add ${underlay.address}/${underlay.prefixLength} dev ${underlay.bridge}`,
  ]);
}

/** A process that runs inside a node or Pod. */
export interface Running {
  child: ChildProcess;
  /** What it wrote on stdout so far. */
  output(): string;
}

/** A machine: network and mount namespaces of its own, held by one process. Agents see it as they see a real node. */
export class TestNode {
  readonly name: string;
  readonly address: string;
  readonly run: Run;
  readonly prefix: string[];
  readonly root: string;
  readonly #holder: ChildProcess;
  readonly #children = new Set<ChildProcess>();

  private constructor(name: string, address: string, holder: ChildProcess) {
    this.name = name;
    this.address = address;
    this.#holder = holder;
    this.prefix = ['nsenter', '-t', String(holder.pid), '-m', '-n', '--'];
    this.root = `/proc/${holder.pid}/root`;
    this.run = patientRun(this.prefix);
  }

  /** `number` gives the address: 192.168.50.10 and so on. */
  static async create(number: number, options: { mtu?: number; stateSize?: string } = {}): Promise<TestNode> {
    const name = `node${number}`;
    const address = `192.168.50.${10 + number}`;
    const size = (path: string) => (options.stateSize && path.startsWith('/var') ? `,size=${options.stateSize}` : '');
    const mounts = own.map((path) => `mkdir -p ${path}; mount -t tmpfs -o mode=755${size(path)} tmpfs ${path}`);
    const script = [...mounts, 'ip link set lo up', 'echo ready', 'exec sleep infinity'].join(' && ');
    const holder = spawn('unshare', ['--net', '--mount', '--propagation', 'private', '--', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    const node = new TestNode(name, address, holder);
    const { mtu = 1500 } = options;
    await mustBatch(outer, 'ip', [
      `link add u${number} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${holder.pid}`,
      `link set u${number} master ${underlay.bridge} up`,
    ]);
    await mustBatch(node.run, 'ip', [
      'link set eth0 up',
      `addr add ${address}/${underlay.prefixLength} dev eth0`,
      `route add default via ${underlay.address}`,
    ]);
    return node;
  }

  async destroy(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    this.#holder.kill('SIGKILL');
    if (this.#holder.exitCode === null && this.#holder.signalCode === null) await once(this.#holder, 'exit');
    // the kernel takes namespaces down in its own time; the link's other end goes with them, or now
    await outer(['ip', 'link', 'del', `u${this.name.slice(4)}`]);
  }

  /** Makes a network namespace, as a runtime does for a Pod. Returns its path on the node. */
  async makePod(name: string): Promise<string> {
    await mustRun(this.run, ['ip', 'netns', 'add', name]);
    await mustRun(this.run, ['ip', '-n', name, 'link', 'set', 'lo', 'up']);
    return `/run/netns/${name}`;
  }

  /** Runs something inside a Pod's network. */
  inPod(netns: string): Run {
    return inNetns(this.run, netns);
  }

  /** Starts something that goes on, on the node or inside a Pod. */
  start(argv: string[], netns?: string): Running {
    const inside = netns === undefined ? [] : ['nsenter', `--net=${netns}`, '--'];
    const [program = '', ...rest] = [...this.prefix, ...inside, ...argv];
    const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return { child, output: () => text };
  }

  /** Starts a server on a port of a Pod, or of the node itself; resolves when it serves. */
  async serve(port: number, netns?: string): Promise<void> {
    const server = this.start(peerArgv({ op: 'serve', port }), netns);
    await until('the server is up', () => server.output().includes('serving'), Boolean);
  }

  async #peer(request: PeerRequest, netns: string | undefined): Promise<PeerAnswer> {
    const run = netns === undefined ? this.run : this.inPod(netns);
    return JSON.parse(await mustRun(run, peerArgv(request))) as PeerAnswer;
  }

  /** Asks a server from a Pod or the node: "hello from ADDRESS", with the address that it saw, or what went wrong. */
  async ask(address: string, port: number, netns?: string, op: 'tcp' | 'udp' = 'tcp'): Promise<string> {
    // a kernel lets a connection in at once, or it is kept out; the server's answer to a datagram may need its time
    const silence = op === 'tcp' ? { timeoutMs: 3000 } : {};
    const { outcome, client, code } = await this.#peer({ op, address, port, ...silence }, netns);
    return client === undefined ? (code ?? outcome) : `hello from ${client}`;
  }

  /** Sends a datagram of this size from a Pod: "N fragments, answered" or "N fragments, timeout". */
  async datagram(address: string, port: number, size: number, netns: string): Promise<string> {
    const { outcome, fragments } = await this.#peer({ op: 'udp', address, port, size }, netns);
    return `${fragments} fragments, ${outcome}`;
  }

  /** Runs the plugin as a runtime does: nothing but CNI_* in its environment. */
  async plugin(verb: string, env: Record<string, string>, stdin: unknown): Promise<PluginResult> {
    const all = { CNI_COMMAND: verb, CNI_PATH: '/opt/cni/bin', ...env };
    const assignments = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    const text = typeof stdin === 'string' ? stdin : JSON.stringify(stdin);
    const result = await this.run(['env', '-i', 'PATH=/usr/bin:/bin', ...assignments, plugin], { stdin: text });
    let json: unknown;
    try {
      json = JSON.parse(result.stdout);
    } catch {
      json = undefined;
    }
    return { ...result, json };
  }

  /**
   * Starts an agent as a hostNetwork container would run: in the node's network, elsewhere with its files. `command`:
   * of another agent than that of these sources.
   */
  startAgent(
    apiServer: string,
    env: Record<string, string> = {},
    command: string[] = [process.execPath, agentMain],
  ): TestAgent {
    const argv = ['nsenter', '-t', String(this.#holder.pid), '-n', '--', ...command];
    const child = spawn(argv[0] as string, argv.slice(1), {
      stdio: ['ignore', 'inherit', 'pipe'],
      env: {
        PATH: process.env.PATH,
        NODE_NAME: this.name,
        NETVET_API_SERVER: apiServer,
        NETVET_HOST_PREFIX: this.prefix.join(' '),
        NETVET_HOST_ROOT: this.root,
        NETVET_PLUGIN_FILE: plugin,
        ...env,
      },
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return new TestAgent(child);
  }
}

export interface PluginResult extends RunResult {
  /** stdout, if it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: results and errors are compared as they are
  json: any;
}

/** An agent's process and its log. */
export class TestAgent {
  readonly child: ChildProcess;
  log = '';

  constructor(child: ChildProcess) {
    this.child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
      if (process.env.NETVET_TEST_LOG !== undefined) process.stderr.write(chunk);
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await once(this.child, 'exit');
  }
}
