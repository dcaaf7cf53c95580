import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { TestNode } from '../testing/node.ts';
import { attach, config, makeWorld, nodeObject, ready } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;

test('Pods of one node reach each other, and the node reaches them, each under its own address', { skip }, async () => {
  const { api, url } = await makeWorld();
  const node = await TestNode.create(1);
  api.put('nodes', nodeObject(node, '10.244.1.0/24'));
  const agent = node.startAgent(url);
  try {
    await ready(node);
    const a = await attach(node, 'a');
    const b = await attach(node, 'b');
    await node.serve(80, b.netns);
    assert.equal(await node.ask(b.address, 80, a.netns), `hello from ${a.address}`);
    assert.equal(await node.ask(b.address, 80), `hello from ${node.address}`);
    assert.equal((await node.plugin('DEL', a.env, config)).exitCode, 0);
    assert.equal(await node.ask(a.address, 80, b.netns), 'EHOSTUNREACH');
  } finally {
    await agent.stop();
    await node.destroy();
    await api.close();
  }
});
