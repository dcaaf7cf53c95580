/** One agent in a cluster of one size, from an empty node to its end. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { createNode, type Node, underlay } from '../../clusters/embedded/node/index.ts';
import { makeReference, type Running } from '../services/proxies.ts';
import { quietMachine, Usage } from '../services/usage.ts';
import { ScaleApi } from './api.ts';
import { clusterCidr, guests, localPods, pod, podFor, type Size } from './objects.ts';

/** Processor time of one change, on average, in milliseconds. */
interface Cost {
  agentMs: number;
  /** Of the commands that it ran: nft. Resolution: 10 ms over all changes. */
  commandsMs: number;
}

/** Times from one end to the other, in milliseconds. */
export interface Delays {
  /** The plugin is started -> it has ended. */
  addMs: number[];
  /** The API server has written an event -> nft's monitor has shown what follows. */
  changeMs: number[];
}

export interface Cell {
  pods: number;
  /** The agent is started -> Pods can be attached. */
  syncMs: number;
  syncCpuMs: number;
  restMb: number;
  peakMb: number;
  unnamed: Cost;
  named: Cost;
  delays: Delays;
  /** With so many flows in connection tracking. */
  flows?: Delays & { count: number; syncMs: number };
}

const limits = { syncMs: 120_000, restMs: 5_000, changeMs: 10_000, quietMs: 5_000 };
/** Changes one after the other, so far apart that none waits for the one before. */
const changes = { count: 20, apartMs: 250 };
const rounds = 4;

interface Setting {
  size: Size;
  api: ScaleApi;
  node: Node;
}

export async function measure(size: Size, flows: number, streaming: boolean, directory: string): Promise<Cell> {
  const node = await createNode(0, directory);
  const api = new ScaleApi(size, node.address, streaming);
  const setting = { size, api, node };
  const agent = await makeReference(await api.listen(underlay.address), directory, clusterCidr);
  const start = async () => {
    const began = performance.now();
    const running = await agent.start(node);
    await synced(running, setting);
    return { running, syncMs: performance.now() - began };
  };
  try {
    await quietMachine(limits.quietMs);
    const first = await start();
    const usage = new Usage(first.running.pid);
    await usage.atRest(limits.restMs);
    const syncCpuMs = usage.ownCpuMs();
    for (let number = 0; number < localPods + guests - 1; number += 1) await ask('ADD', number, setting);
    await usage.atRest(limits.restMs);
    const kernel = listen(node);
    const cell: Cell = {
      pods: size.pods,
      syncMs: first.syncMs,
      syncCpuMs,
      restMb: usage.residentMb(),
      unnamed: await cost(podFor(size, false), usage, setting),
      named: await cost(podFor(size, true), usage, setting),
      delays: await delays(kernel, setting),
      peakMb: usage.peaksMb().process,
    };
    if (flows > 0) {
      const count = await fill(flows, node);
      const delayed = await delays(kernel, setting);
      usage.stop();
      await first.running.stop();
      const second = await start();
      cell.flows = { ...delayed, count, syncMs: second.syncMs };
      await second.running.stop();
    } else await first.running.stop();
    usage.stop();
    kernel.stop();
    return cell;
  } finally {
    await node.stop();
    api.close();
  }
}

/** Waits until the plugin says that Pods can be attached. */
async function synced({ logEnd }: Running, { node }: Setting): Promise<void> {
  const end = performance.now() + limits.syncMs;
  for (;;) {
    if ((await plugin('STATUS', {}, node)).exitCode === 0) return;
    if (performance.now() > end) throw new Error(`the agent takes no Pods; its log ends with ${logEnd()}`);
    await delay(100);
  }
}

function plugin(verb: string, env: Record<string, string>, node: Node) {
  const all = { CNI_COMMAND: verb, CNI_PATH: '/opt/cni/bin', ...env };
  const argv = ['env', ...Object.entries(all).map(([name, value]) => `${name}=${value}`), '/opt/cni/bin/netvet-cni'];
  return node.run(argv, { stdin: JSON.stringify({ cniVersion: '1.1.0', name: 'netvet', type: 'netvet-cni' }) });
}

/** Attaches a Pod of this node, or detaches it. Resolves with the milliseconds that it took. */
async function ask(verb: 'ADD' | 'DEL', number: number, { node, size }: Setting): Promise<number> {
  const { name, namespace, uid } = pod(number, size).metadata;
  const identity = `K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};K8S_POD_UID=${uid}`;
  if (verb === 'ADD') await node.run(['ip', 'netns', 'add', name]);
  const container = { CNI_CONTAINERID: name, CNI_NETNS: `/run/netns/${name}`, CNI_IFNAME: 'eth0' };
  const began = performance.now();
  const result = await plugin(verb, { ...container, CNI_ARGS: `IgnoreUnknown=1;${identity}` }, node);
  const tookMs = performance.now() - began;
  if (result.exitCode !== 0) throw new Error(`CNI ${verb} of ${name}: ${result.stdout}${result.stderr}`);
  if (verb === 'DEL') await node.run(['ip', 'netns', 'del', name]);
  return tookMs;
}

/** Gives a Pod other labels, again and again. */
async function cost(number: number, usage: Usage, { api }: Setting): Promise<Cost> {
  await usage.atRest(limits.restMs);
  const own = usage.ownCpuMs();
  const all = usage.cpuMs();
  for (let i = 0; i < changes.count; i += 1) {
    api.relabel(number, i % 2 === 0 ? { app: 'another' } : {});
    await delay(changes.apartMs);
  }
  await usage.atRest(limits.restMs);
  const agentMs = (usage.ownCpuMs() - own) / changes.count;
  return { agentMs, commandsMs: Math.max(0, (usage.cpuMs() - all) / changes.count - agentMs) };
}

type Kernel = ReturnType<typeof listen>;

/** What happens to nftables on the node. */
function listen(node: Node) {
  const child = spawn('nsenter', ['-t', String(node.pid), '-n', '--', 'nft', 'monitor'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let waiting: { text: string; resolve: () => void } | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('netvet-policy') && waiting !== undefined && line.includes(waiting.text)) waiting.resolve();
  });
  return {
    /** Resolves when an address is put into a set, or taken out. */
    heard: (address: string) =>
      Promise.race([
        new Promise<void>((resolve) => (waiting = { text: ` ${address} `, resolve })),
        delay(limits.changeMs).then(() => {
          throw new Error(`a change did not reach the kernel within ${limits.changeMs / 1000} s`);
        }),
      ]),
    stop: () => void child.kill(),
  };
}

/** Pods that go, one that comes and one that is let in elsewhere, all at once: then conntrack is asked for its list. */
async function delays(kernel: Kernel, setting: Setting): Promise<Delays> {
  const { size, api } = setting;
  const going = Array.from({ length: guests - 1 }, (_, i) => localPods + i);
  const coming = localPods + guests - 1;
  const named = podFor(size, true);
  const address = pod(named, size).status.podIP ?? '';
  const all: Delays = { addMs: [], changeMs: [] };
  for (let round = 0; round < rounds; round += 1) {
    const gone = going.map((number) => ask('DEL', number, setting));
    const come = ask('ADD', coming, setting);
    await gone[0];
    const heard = kernel.heard(address);
    const began = performance.now();
    api.relabel(named, round % 2 === 0 ? { app: 'another' } : {});
    await heard;
    all.changeMs.push(performance.now() - began);
    all.addMs.push(await come);
    await Promise.all(gone);
    await ask('DEL', coming, setting);
    for (const number of going) all.addMs.push(await ask('ADD', number, setting));
  }
  return all;
}

/** Datagrams of the node to itself, to another address and port each. Resolves with the flows that there are then. */
async function fill(flows: number, node: Node): Promise<number> {
  const settings = '/proc/sys/net/netfilter';
  await node.run(['sh', '-c', `echo 3600 >${settings}/nf_conntrack_udp_timeout`]);
  const program = `const socket = require('node:dgram').createSocket('udp4').on('error', () => {});
    let sent = 0;
    const next = () => {
      if (sent === ${flows}) return socket.close();
      socket.send('.', 1000 + (sent >> 16), '127.1.' + ((sent >> 8) & 255) + '.' + (sent & 255), next);
      sent += 1;
    };
    socket.bind(0, next);`;
  const { exitCode, stderr } = await node.run([process.execPath, '-e', program], { timeoutMs: limits.syncMs });
  if (exitCode !== 0) throw new Error(`the flows could not be made: ${stderr}`);
  return Number((await node.run(['cat', `${settings}/nf_conntrack_count`])).stdout);
}
