import { after, before } from 'node:test';
import { namesIn } from '../agent/node.ts';
import { aNode } from '../model/fixtures.ts';
import { FakeApi } from './fake-api.ts';
import { makeUnderlay, type TestAgent, TestNode, underlay } from './node.ts';
import { until } from './wait.ts';

/** A fake API server and the underlay that nodes are attached to. */
export async function makeWorld(): Promise<{ api: FakeApi; url: string }> {
  await makeUnderlay();
  const api = new FakeApi();
  api.put('namespaces', { metadata: { name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' } } });
  return { api, url: await api.listen(underlay.address, 6443) };
}

/** A node's object. */
export const nodeObject = ({ name, address }: Pick<TestNode, 'name' | 'address'>, podCIDR?: string) =>
  aNode(name, address, podCIDR);

export const config = { cniVersion: '1.1.0', name: 'netvet', type: 'netvet-cni' };

/** Everything on a node that an attachment leaves while it is there, as text: equal if nothing was left. */
export async function traces(node: TestNode): Promise<string> {
  const files = (path: string) => namesIn(node.root + path).filter((name) => !name.startsWith('last_reserved_ip'));
  const output = async (argv: string[]) => (await node.run(argv)).stdout;
  const links = (await output(['ip', '-o', 'link'])).match(/nv\S+/g) ?? [];
  // whether the other end of a link is up yet is no matter of what is there
  const routes = (await output(['ip', 'route', 'show', 'proto', '118'])).replaceAll(' linkdown', '').trim().split('\n');
  const tables = (await output(['nft', 'list', 'tables'])).match(/netvet-\S+/g) ?? [];
  const elements = await Promise.all(tables.map((table) => output(['nft', 'list', 'table', 'ip', table])));
  const traces = {
    links,
    routes,
    leases: files('/var/lib/cni/networks/netvet'),
    journal: files('/var/lib/cni/netvet/attachments'),
    deletions: files('/var/lib/cni/netvet/deletions'),
    elements: elements.join('').match(/10\.244\.\d+\.\d+/g) ?? [],
  };
  return JSON.stringify(traces, null, 1);
}

/** Waits until the node's agent says that Pods can be attached. */
export async function ready(node: TestNode): Promise<void> {
  await until(
    'STATUS is good',
    () => node.plugin('STATUS', {}, config),
    ({ exitCode }) => exitCode === 0,
  );
}

/** Attaches a new Pod by ADD; the container has the Pod's name. */
export async function attach(node: TestNode, name: string, env: Record<string, string> = {}, extra: object = {}) {
  const netns = await node.makePod(name);
  const given = { CNI_CONTAINERID: name, CNI_NETNS: netns, CNI_IFNAME: 'eth0', ...env };
  const result = await node.plugin('ADD', given, { ...config, ...extra });
  if (result.exitCode !== 0) throw new Error(`ADD of ${name} failed: ${result.stdout}${result.stderr}`);
  const address = String(result.json.ips.at(-1).address).replace('/32', '');
  return { name, netns, address, env: given, result: result.json };
}

/** What the tests of one file share; filled before the first of them. */
export interface OneNode {
  api: FakeApi;
  url: string;
  node: TestNode;
  agent: TestAgent;
}

/**
 * Gives the calling file one node with a Pod range and an agent that is ready. `skip`: why it cannot be had. `env`:
 * more settings of the agent.
 */
export function oneNode(
  skip: string | false,
  podCIDR = '10.244.1.0/24',
  env: (node: TestNode) => Record<string, string> = () => ({}),
): OneNode {
  const shared = {} as OneNode;
  before(async () => {
    if (skip !== false) return;
    const { api, url } = await makeWorld();
    const node = await TestNode.create(1);
    api.put('nodes', nodeObject(node, podCIDR));
    const agent = node.startAgent(url, env(node));
    Object.assign(shared, { api, url, node, agent });
    await ready(node);
  });
  after(async () => {
    if (skip !== false) return;
    await shared.agent.stop();
    await shared.node.destroy();
    await shared.api.close();
  });
  return shared;
}
