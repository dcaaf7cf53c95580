/** The three that are compared, each started by the very command, settings and configuration of its DaemonSet. */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject } from '../../clusters/cni/kube.ts';
import { kubeProxyManifest, type Mode } from '../../clusters/cni/kube-proxy.ts';
import { referenceManifest } from '../../clusters/cni/reference-manifest.ts';
import type { Node } from '../../clusters/embedded/node/index.ts';
import { bundleAgent } from '../../reference/bundle.ts';
import { childrenOf } from '../processes.ts';
import { clusterCidr } from './addresses.ts';

export const proxyNames = ['reference', 'nftables', 'iptables'] as const;
export type ProxyName = (typeof proxyNames)[number];

/** A proxy that can be started on nodes, again and again. */
export interface Proxy {
  name: ProxyName;
  start(node: Node): Promise<Running>;
}

export type Running = Awaited<ReturnType<typeof start>>;

/** `directory`: for files and logs; nodes see it at the same place. */
export async function makeProxies(apiServer: string, kubeProxy: string, directory: string): Promise<Proxy[]> {
  return [
    await makeReference(apiServer, directory, clusterCidr),
    ...(['nftables', 'iptables'] as const).map((mode) => kubeProxyIn(mode, apiServer, kubeProxy, directory)),
  ];
}

/** The reference CNI's agent alone. `podRanges`: of all nodes. */
export async function makeReference(apiServer: string, directory: string, podRanges: string): Promise<Proxy> {
  const bundle = { ...(await bundleAgent()) };
  writeAll(directory, bundle);
  const manifest = referenceManifest({ apiServer, bundle, version: 'bench' });
  const programs: Record<string, string> = { node: process.execPath };
  const word = (text: string) => programs[text] ?? text.replace('/netvet/', `${directory}/`);
  return proxyOf('reference', manifest, directory, word, { NETVET_CLUSTER_CIDRS: podRanges });
}

function kubeProxyIn(mode: Mode, apiServer: string, program: string, directory: string): Proxy {
  const objects = kubeProxyManifest(apiServer, clusterCidr, mode);
  const data = objects.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;
  // the two modes have a directory each, instead of the one that the ConfigMap is mounted at
  const own = join(directory, mode);
  const here = (text: string) => text.replaceAll('/var/lib/kube-proxy/', `${own}/`);
  writeAll(own, Object.fromEntries(Object.entries(data).map(([name, content]) => [name, here(content)])));
  return proxyOf(mode, objects, directory, (word) => (word === 'kube-proxy' ? program : here(word)));
}

function writeAll(directory: string, files: Record<string, string>): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content, { mode: 0o755 });
}

/** A DaemonSet's only container; `word`: what a word of its command is on this machine. */
function proxyOf(
  name: ProxyName,
  objects: KubeObject[],
  directory: string,
  word: (text: string) => string,
  more: Record<string, string> = {},
): Proxy {
  const daemonSet = objects.find(({ kind }) => kind === 'DaemonSet') as KubeObject;
  const [{ command, env }] = daemonSet['spec'].template.spec.containers as [
    { command: string[]; env: { name: string; value?: string }[] },
  ];
  const given = Object.fromEntries(env.flatMap((one) => (one.value === undefined ? [] : [[one.name, one.value]])));
  return {
    name,
    start(node) {
      const argv = command.map((text) => word(text).replace('$(NODE_NAME)', node.name));
      return start(node, argv, { ...given, ...more }, join(directory, `${name}.log`));
    },
  };
}

const patienceMs = 10_000;

async function start(node: Node, argv: string[], env: Record<string, string>, log: string) {
  const output = openSync(log, 'a');
  const enter = ['-t', String(node.pid), '-n', '-m', '-u', '-i', '-p', '--'];
  const child = spawn('nsenter', [...enter, ...argv], {
    stdio: ['ignore', output, output],
    env: { PATH: process.env['PATH'], NODE_NAME: node.name, ...env },
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  // nsenter forks: a process enters a PID namespace by being born in it
  const end = performance.now() + patienceMs;
  let found: number | undefined;
  while (found === undefined) {
    if (child.exitCode !== null || performance.now() > end) throw new Error(`${argv[0]} did not start (log: ${log})`);
    [found] = childrenOf(child.pid ?? 0);
    await delay(1);
  }
  const pid = found;
  return {
    /** As this process sees it. */
    pid,
    logEnd: (): string => readFileSync(log, 'utf8').slice(-600),
    /** Asks it to end, and waits for its end; after 10 s it is killed. */
    async stop(): Promise<void> {
      const signal = (name: NodeJS.Signals) => {
        if (child.exitCode === null && child.signalCode === null) process.kill(pid, name);
      };
      const timer = setTimeout(() => signal('SIGKILL'), patienceMs);
      signal('SIGTERM');
      await ended;
      clearTimeout(timer);
    },
  };
}
