/**
 * The real libcni in front of the plugin: cnitool, from the CNI project (github.com/containernetworking/cni/cnitool).
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { enterNamespaces } from '../testing/namespaces.ts';
import { oneNode, traces } from '../testing/world.ts';

/** It may have to be built, which needs the network: looked for outside, and known inside by the environment. */
function findTool(): string {
  const found = spawnSync('sh', [`${import.meta.dirname}/../../scripts/tool.sh`, 'cnitool'], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : `! ${found.stderr.trim().split('\n').at(-1)}`;
}
process.env.NETVET_TEST_CNITOOL ??= findTool();
const cnitool = process.env.NETVET_TEST_CNITOOL;
const missing = cnitool.startsWith('!') ? `cnitool cannot be had: ${cnitool.slice(2)}` : false;
const skip = missing === false ? (enterNamespaces(import.meta.filename).reason ?? false) : missing;
const shared = oneNode(skip);

/** Runs cnitool on the node, with the configuration and the plugin that the agent installed there. */
function run(verb: string, netns: string, env: Record<string, string> = {}) {
  const words = Object.entries({ CNI_PATH: '/opt/cni/bin', ...env }).map((pair) => pair.join('='));
  return shared.node.run(['env', ...words, cnitool, verb, 'netvet', netns]);
}

test('add, check, del through libcni', { skip }, async () => {
  const { node } = shared;
  const before = await traces(node);
  const netns = await node.makePod('tool');
  const added = await run('add', netns);
  assert.equal(added.exitCode, 0, added.stderr + added.stdout);
  const result = JSON.parse(added.stdout);
  assert.equal(result.cniVersion, '1.1.0');
  assert.equal(result.interfaces[1].sandbox, netns);
  const checked = await run('check', netns);
  assert.equal(checked.exitCode, 0, checked.stderr + checked.stdout);
  const again = await run('add', netns);
  assert.notEqual(again.exitCode, 0);
  assert.match(again.stderr + again.stdout, /has an attachment eth0 already/);
  await node.inPod(netns)(['ip', 'route', 'del', 'default']);
  const broken = await run('check', netns);
  assert.notEqual(broken.exitCode, 0);
  assert.match(broken.stderr + broken.stdout, /the default route via 169\.254\.1\.1 is gone/);
  for (const _ of [1, 2]) {
    const deleted = await run('del', netns);
    assert.equal(deleted.exitCode, 0, deleted.stderr + deleted.stdout);
  }
  assert.equal(await traces(node), before);
});

test('status and gc through libcni', { skip }, async () => {
  const { node } = shared;
  const before = await traces(node);
  const status = await run('status', '/unused');
  assert.equal(status.exitCode, 0, status.stderr + status.stdout);
  await run('add', await node.makePod('collected'));
  assert.notEqual(await traces(node), before);
  // cnitool gives libcni no list, and libcni then sends none: an error by our reading (containernetworking/cni#1101)
  const collected = await run('gc', '/unused');
  const output = collected.stderr + collected.stdout;
  assert.ok(collected.exitCode === 0 || /valid-attachments/.test(output), output);
});

test('port mappings arrive as the capability that the configuration declares', { skip }, async () => {
  const { node } = shared;
  const netns = await node.makePod('mapped');
  const CAP_ARGS = JSON.stringify({
    portMappings: [{ hostPort: 8081, containerPort: 80, protocol: 'tcp' }],
    ips: ['10.0.0.9'],
  });
  const added = await run('add', netns, { CAP_ARGS });
  assert.equal(added.exitCode, 0, added.stderr + added.stdout);
  await node.serve(80, netns);
  assert.match(await node.ask(node.address, 8081), /^hello from/);
  assert.equal((await run('del', netns, { CAP_ARGS })).exitCode, 0);
});

test('an error reaches the user with its sentence', { skip }, async () => {
  const failed = await run('add', '/run/netns/not-there');
  assert.notEqual(failed.exitCode, 0);
  assert.match(failed.stderr + failed.stdout, /network namespace \/run\/netns\/not-there does not exist/);
  await shared.agent.stop();
  const away = await run('add', await shared.node.makePod('away'));
  assert.match(away.stderr + away.stdout, /agent of this node does not answer/);
});
