/** What tests of the embedded cluster share. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inCache } from '../machine.ts';
import { createStore } from './api/index.ts';
import { enter, isInside } from './enter.ts';
import { limiter, startKubelet } from './kubelet/index.ts';
import { createNode, createUnderlay, deleteUnderlay, type Node } from './node/index.ts';
import type { KubeObject, Objects } from './objects.ts';
import { findProgram } from './programs/index.ts';

const ptpPrograms = ['ptp', 'host-local', 'portmap'];

/**
 * First line of a test file that needs the namespaces: runs the file again inside them, and ends with its exit code.
 * `ptp`: its programs are built first, where Go is.
 */
export async function testInside({ ptp = false } = {}): Promise<void> {
  if (isInside()) return;
  const script = join(import.meta.dirname, '../../scripts/tool.sh');
  for (const name of ptp ? ptpPrograms : []) spawnSync('sh', [script, name], { stdio: 'ignore' });
  const argv = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.exit(await enter(argv, { visible: [inCache()] }));
}

export type TestCluster = Awaited<ReturnType<typeof testCluster>>;

/** Nodes with kubelets over a store, without an API server or controllers: Pods name their node themselves. */
export async function testCluster(count: number) {
  await createUnderlay();
  const objects = createStore();
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, index) => createNode(index, '/run/netvet/test/nodes')),
  );
  const dns = { server: '10.96.0.10', domain: 'cluster.local' };
  const starting = limiter(8);
  const kubelets = nodes.map((node) => startKubelet({ objects, node, dns, starting }));
  return {
    objects,
    nodes,
    kubelets,
    async stop(): Promise<void> {
      for (const kubelet of kubelets) kubelet.stop();
      await Promise.all(nodes.map((node) => node.stop()));
      await deleteUnderlay();
    },
  };
}

/** Puts a program into a node's /opt/cni/bin. */
export function placePlugin(node: Node, name: string, content: { path: string } | { script: string }): void {
  const target = join(node.state, 'opt-cni/bin', name);
  if ('path' in content) copyFileSync(content.path, target);
  else writeFileSync(target, content.script, { mode: 0o755 });
}

/** Writes a conflist as installers do: under another name first. */
export function placeConfig(node: Node, config: object, file = '10-test.conflist'): void {
  const directory = join(node.state, 'etc-cni/net.d');
  writeFileSync(join(directory, '.new'), JSON.stringify(config));
  renameSync(join(directory, '.new'), join(directory, file));
}

/** containernetworking's ptp and host-local, with static routes between nodes. False where they have not been built. */
export async function installPtp(nodes: Node[]): Promise<boolean> {
  const paths = ptpPrograms.map((name) => [name, findProgram(name)] as const);
  if (paths.some(([, path]) => path === undefined)) return false;
  for (const [i, node] of nodes.entries()) {
    for (const [name, path] of paths) placePlugin(node, name, { path: path as string });
    const ipam = { type: 'host-local', ranges: [[{ subnet: `10.244.${i}.0/24` }]], routes: [{ dst: '0.0.0.0/0' }] };
    const plugins = [
      { type: 'ptp', ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ];
    placeConfig(node, { cniVersion: '1.0.0', name: 'test', plugins });
    const others = nodes.flatMap((other, j) => (j === i ? [] : [`route add 10.244.${j}.0/24 via ${other.address}`]));
    await node.run(['ip', '-batch', '-'], { stdin: `${others.join('\n')}\n` });
  }
  return true;
}

/** Resolves with the object as soon as the condition holds for it; rejects with its last state when the time is up. */
export function until<T extends KubeObject>(
  objects: Objects,
  kind: string,
  name: string,
  condition: (object: T | undefined) => boolean,
  timeoutMs = 300_000,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let last: T | undefined;
    const end = () => {
      clearTimeout(timer);
      clearInterval(absent);
      queueMicrotask(() => stop());
    };
    const done = (object: T) => {
      end();
      resolve(object);
    };
    // a watch says nothing of what was gone before
    const absent = setInterval(() => {
      if (!objects.list(kind).some(({ metadata }) => metadata.name === name) && condition(undefined)) done(last as T);
    }, 50);
    const timer = setTimeout(() => {
      end();
      const status = JSON.stringify(last?.['status'], undefined, 1);
      const events = objects.list('Event').map((event) => `${event['reason']}: ${event['message']}`);
      reject(new Error([`${kind} ${name} did not come to it:`, status, ...events].join('\n')));
    }, timeoutMs);
    const stop = objects.watch<T>(kind, ({ type, object }) => {
      if (object.metadata.name !== name) return;
      last = type === 'DELETED' ? undefined : object;
      if (condition(last)) done(object);
    });
  });
}

export const isReady = (object: KubeObject | undefined): boolean =>
  (object?.['status']?.conditions ?? []).some(
    (condition: { type: string; status: string }) => condition.type === 'Ready' && condition.status === 'True',
  );

export const isGone = (object: KubeObject | undefined): boolean => object === undefined;
