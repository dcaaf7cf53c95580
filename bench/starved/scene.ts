/** One node with the agent, a Pod that serves, one that asks for connections, and what listens to the node's rules. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleAgent } from '../../reference/bundle.ts';
import { aPod } from '../../reference/model/fixtures.ts';
import { TestNode } from '../../reference/testing/node.ts';
import { attach, makeWorld, nodeObject, ready } from '../../reference/testing/world.ts';
import { clock } from '../services/tasks.ts';
import type { Seen } from './dialer.ts';
import { putInto } from './groups.ts';

const directory = '/tmp/bench';
const port = 80;

/** The agent compares with the kernel every 30 s; a row is shorter, and is to have it too. */
const settings = { MALLOC_ARENA_MAX: '1', NETVET_RESYNC_MS: '3000' };

export type Scene = Awaited<ReturnType<typeof makeScene>>;

/** `command`: the agent's, as its DaemonSet has it; `group`: its control group. */
export async function makeScene(command: string[], group: string) {
  const { api, url } = await makeWorld();
  const node = await TestNode.create(1);
  api.put('nodes', nodeObject(node, '10.244.1.0/24'));
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(await bundleAgent())) {
    writeFileSync(join(directory, name), content, { mode: 0o755 });
  }
  const here: Record<string, string> = { node: process.execPath };
  const argv = command.map((word) => here[word] ?? word.replace('/netvet/', `${directory}/`));
  const agent = node.startAgent(url, settings, argv);
  putInto(group, agent.child.pid);
  await ready(node);
  const pod = (name: string) => {
    const object = aPod(`default/${name}`, { labels: { app: name }, node: node.name });
    api.put('pods', { ...object, metadata: { ...object.metadata, uid: name } });
    return attach(node, name, { CNI_ARGS: `K8S_POD_NAMESPACE=default;K8S_POD_NAME=${name};K8S_POD_UID=${name}` });
  };
  const [server, client] = [await pod('server'), await pod('client')];
  await node.serve(port, server.netns);
  return { api, node, rules: listen(node, server.address), dialer: startDialer(node, server.address, client.netns) };
}

/** Hears when the rule that isolates a Pod is made or taken away, from the kernel. */
function listen(node: TestNode, address: string) {
  const { child } = node.start(['nft', 'monitor']);
  const waiting = new Map<string, (at: number) => void>();
  const where = address.replaceAll('.', '\\.');
  const element = new RegExp(`^(add|delete) element ip netvet-policy pods-in \\{ ${where} :`);
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const verb = element.exec(line)?.[1] ?? '';
    waiting.get(verb)?.(clock());
    waiting.delete(verb);
  });
  /** Resolves with when it was heard, at the next time. */
  return (verb: 'add' | 'delete') => new Promise<number>((resolve) => waiting.set(verb, resolve));
}

function startDialer(node: TestNode, address: string, netns: string) {
  const argv = [process.execPath, join(import.meta.dirname, 'dialer.ts'), address, String(port)];
  const { child } = node.start(argv, netns);
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => waiting.shift()?.(line));
  const ask = (words: string) =>
    new Promise<string>((resolve) => {
      waiting.push(resolve);
      child.stdin?.write(`${words}\n`);
    });
  return {
    /** Resolves when a connection is made that began after the call. */
    open: () => ask('open'),
    /** Resolves with what was seen of connections that began since `time`. */
    seen: async (time: number) => JSON.parse(await ask(`closed ${time}`)) as Seen,
  };
}
