/**
 * The three that are compared, each started on a node by the very command, settings and configuration of its DaemonSet.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeObject } from '../../clusters/cni/kube.ts';
import { kubeProxyManifest, type Mode } from '../../clusters/cni/kube-proxy.ts';
import { referenceManifest } from '../../clusters/cni/reference-manifest.ts';
import type { Node } from '../../clusters/embedded/node/index.ts';
import { bundleAgent } from '../../reference/bundle.ts';
import { clusterCidr } from './addresses.ts';
import { childrenOf } from './usage.ts';

export const proxyNames = ['reference', 'nftables', 'iptables'] as const;
export type ProxyName = (typeof proxyNames)[number];

/** A proxy that can be started on nodes, again and again. */
export interface Proxy {
  name: ProxyName;
  start(node: Node): Promise<Running>;
}

export interface Running {
  /** As this process sees it. */
  pid: number;
  /** The last it said. */
  logEnd: () => string;
  /** Asks it to end, and waits for its end; after 10 s it is killed. */
  stop(): Promise<void>;
}

interface Container {
  command: string[];
  env: { name: string; value?: string }[];
}

/** `directory`: for files and logs; nodes see it at the same place. */
export async function makeProxies(apiServer: string, kubeProxy: string, directory: string): Promise<Proxy[]> {
  mkdirSync(directory, { recursive: true });
  return [
    await reference(apiServer, directory),
    ...(['nftables', 'iptables'] as const).map((mode) => kubeProxyIn(mode, apiServer, kubeProxy, directory)),
  ];
}

async function reference(apiServer: string, directory: string): Promise<Proxy> {
  const bundle = { ...(await bundleAgent()) };
  for (const [name, content] of Object.entries(bundle)) writeFileSync(join(directory, name), content, { mode: 0o755 });
  const { command, env } = containerOf(referenceManifest({ apiServer, bundle, version: 'bench' }));
  const argv = command.map((word) => (word === 'node' ? process.execPath : word.replace('/netvet/', `${directory}/`)));
  const more = { NETVET_CLUSTER_CIDRS: clusterCidr };
  return {
    name: 'reference',
    start: (node) => start(node, argv, { ...env, ...more }, join(directory, 'reference.log')),
  };
}

function kubeProxyIn(mode: Mode, apiServer: string, program: string, directory: string): Proxy {
  const objects = kubeProxyManifest(apiServer, clusterCidr, mode);
  const data = objects.find(({ kind }) => kind === 'ConfigMap')?.['data'] as Record<string, string>;
  const { command, env } = containerOf(objects);
  // the two modes have a directory each, instead of the one that the ConfigMap is mounted at
  const own = join(directory, mode);
  mkdirSync(own, { recursive: true });
  const here = (text: string) => text.replaceAll('/var/lib/kube-proxy/', `${own}/`);
  for (const [name, content] of Object.entries(data)) writeFileSync(join(own, name), here(content));
  return {
    name: mode,
    start: (node) => {
      const argv = command.map((word) =>
        word === 'kube-proxy' ? program : here(word).replace('$(NODE_NAME)', node.name),
      );
      return start(node, argv, env, join(directory, `${mode}.log`));
    },
  };
}

function containerOf(objects: KubeObject[]): { command: string[]; env: Record<string, string> } {
  const daemonSet = objects.find(({ kind }) => kind === 'DaemonSet') as KubeObject;
  const { command, env } = daemonSet['spec'].template.spec.containers[0] as Container;
  return {
    command,
    env: Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
  };
}

const patienceMs = 10_000;

async function start(node: Node, argv: string[], env: Record<string, string>, log: string): Promise<Running> {
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
    pid,
    logEnd: () => readFileSync(log, 'utf8').slice(-600),
    async stop() {
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
