import { after, before } from 'node:test';
import type { FakeApi } from './fake-api.ts';
import { type TestAgent, TestNode } from './node.ts';
import { makeWorld, nodeObject, ready } from './world.ts';

/** What the tests of one file share; filled before the first of them. */
export interface OneNode {
  api: FakeApi;
  url: string;
  node: TestNode;
  agent: TestAgent;
}

/** Gives the calling file one node with a Pod range and an agent that is ready. `skip`: why it cannot be had. */
export function oneNode(skip: string | false, podCIDR = '10.244.1.0/24'): OneNode {
  const shared = {} as OneNode;
  before(async () => {
    if (skip !== false) return;
    const { api, url } = await makeWorld();
    const node = await TestNode.create(1);
    api.put('nodes', nodeObject(node, podCIDR));
    const agent = node.startAgent(url);
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
