/** Services from the API server's words to packets, through a whole agent. Their rules in detail: dataplane/nft. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anEndpoint, aService, aSlice } from '../model/fixtures.ts';
import { enterNamespaces } from '../testing/namespaces.ts';
import { until } from '../testing/wait.ts';
import { attach, config, oneNode } from '../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip);

test('a Service leads to its endpoint, follows it, and rejects without one', { skip }, async () => {
  const { node, api } = shared;
  const [client, first, second] = [
    await attach(node, 'client'),
    await attach(node, 'first'),
    await attach(node, 'second'),
  ];
  for (const pod of [first, second]) await node.serve(8080, pod.netns);
  const ask = () => node.ask('10.96.0.50', 80, client.netns);
  api.put('services', aService('default/web', '10.96.0.50'));
  await until('it rejects', ask, (seen) => seen === 'ECONNREFUSED');
  const slice = (address: string) => aSlice('default/web', [anEndpoint(address)]);
  api.put('endpointslices', slice(first.address));
  await until('the first answers', ask, (seen) => seen === `hello from ${client.address}`);
  await node.plugin('DEL', first.env, config);
  api.put('endpointslices', slice(second.address));
  await until('the second answers', ask, (seen) => seen === `hello from ${client.address}`);
  api.remove('services', 'default', 'web');
  await until('nobody answers', ask, (seen) => !seen.startsWith('hello'));
  for (const pod of [client, second]) await node.plugin('DEL', pod.env, config);
});

test('at its healthCheckNodePort a node says whether it has endpoints of its own', { skip }, async () => {
  const { node, api } = shared;
  const curl = ['curl', '-s', '--noproxy', '*', '-m', '60'];
  const ask = async () => (await node.run([...curl, `http://${node.address}:31234/healthz`])).stdout;
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 31234 };
  api.put('services', aService('default/lb', '10.96.0.51', spec));
  await until('it says none', ask, (seen) => seen.includes('"localEndpoints":0'));
  const pod = await attach(node, 'behind');
  api.put('endpointslices', aSlice('default/lb', [anEndpoint(pod.address, { node: 'node1' })]));
  await until('it says one', ask, (seen) => seen.includes('"localEndpoints":1'));
  api.remove('services', 'default', 'lb');
  await until('the port is closed', ask, (seen) => seen === '');
  await node.plugin('DEL', pod.env, config);
  assert.ok(!shared.agent.log.includes('cannot be served'));
});
