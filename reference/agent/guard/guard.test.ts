/** What another program does to the node's network. Nobody compares in these tests: the kernel has to tell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aNode, aPod, aPolicy, aService } from '../../model/fixtures.ts';
import { enterNamespaces } from '../../testing/namespaces.ts';
import { until } from '../../testing/wait.ts';
import { attach, config, oneNode } from '../../testing/world.ts';

const skip = enterNamespaces(import.meta.filename).reason ?? false;
const shared = oneNode(skip, undefined, () => ({ NETVET_RESYNC_MS: '3600000' }));
let host = '';

test('a Pod with a policy, a Service and a host port', { skip }, async () => {
  const { api, node } = shared;
  api.put('nodes', aNode('node2', '192.168.50.12', '10.244.2.0/24'));
  api.put('pods', aPod('default/robbed'));
  api.put('networkpolicies', aPolicy('default/closed', { podSelector: {}, policyTypes: ['Ingress'] }));
  api.put('services', aService('default/web', '10.96.0.1'));
  const env = { CNI_ARGS: 'K8S_POD_NAMESPACE=default;K8S_POD_NAME=robbed' };
  const hostPort = { hostPort: 8080, containerPort: 80, protocol: 'tcp' };
  const pod = await attach(node, 'robbed', env, { runtimeConfig: { portMappings: [hostPort] } });
  host = pod.result.interfaces[0].name;
  await until('the monitor hears', metrics, (text) => text.includes('netvet_hears_nftables 1'));
  await until('another node is known', made, (text) => text.includes('10.244.2.0/24'));
});

const output = async (argv: string[]) => (await shared.node.run(argv)).stdout;
const ask = (path: string) => output(['curl', '-sS', '--noproxy', '*', `http://127.0.0.1:9098${path}`]);
const metrics = () => ask('/metrics');

/** All that the agent has made, in any order; what marks its changes is another text each time. */
async function made(): Promise<string> {
  const tables = ['policy', 'services', 'hostports', 'masquerade'].map((name) =>
    output(['nft', 'list', 'table', 'ip', `netvet-${name}`]),
  );
  const routes = output(['ip', 'route', 'show', 'proto', '118']);
  const all = [...(await Promise.all(tables)), (await routes).replaceAll(' linkdown', '')];
  return all
    .map((text) =>
      text
        .split(/[\s,]+/)
        .toSorted()
        .join(' '),
    )
    .join('\n');
}

/** How often something was put right so far. */
async function repairs(): Promise<number> {
  const counts = (await metrics()).matchAll(/^netvet_repairs_total\S* (\d+)$/gm);
  return counts.reduce((all, [, count]) => all + Number(count), 0);
}

const accidents: Record<string, string> = {
  'the whole ruleset': 'nft flush ruleset',
  'the rules of a chain': 'nft flush chain ip netvet-policy forward',
  'what policies close': 'nft flush map ip netvet-policy pods-in',
  'the rules for Services': 'nft flush table ip netvet-services',
  'the addresses of Services': 'nft flush set ip netvet-services svc-clusterips',
  'one element': "nft 'delete element ip netvet-hostports hp-any { tcp . 8080 }'",
  'the rules for host ports': 'nft flush table ip netvet-hostports',
  'one table': 'nft delete table ip netvet-masquerade',
  'a rule on top of ours': 'nft insert rule ip netvet-policy forward accept',
  'the uplink, for a moment': 'ip link set eth0 down; ip link set eth0 up; ip route add default via 192.168.50.1',
  'all routes': 'ip route flush proto 118',
  "a Pod's route": 'ip route del "$(ip route show proto 118 | sed -n "/dev HOST/s/ .*//p")"',
  "a Pod's link is put down": 'ip link set HOST down',
  "a Pod's link": 'ip link del HOST',
};

for (const [what, script] of Object.entries(accidents)) {
  test(`another program takes away: ${what}. It is back before anybody compares`, { skip }, async () => {
    const whole = await made();
    const former = await repairs();
    const damage = `${script.replaceAll('HOST', host)}; nft list ruleset | wc -c`;
    const { exitCode, stderr } = await shared.node.run(['sh', '-c', damage]);
    assert.deepEqual([exitCode, stderr], [0, '']);
    await until('all is back', made, (now) => now === whole);
    // what a Pod's link needs is there before the pass that counts it
    await until('it is counted', repairs, (now) => now > former);
    const { stdout } = await shared.node.run(['ip', '-o', 'link', 'show', 'dev', host]);
    assert.match(stdout, /[<,]UP[,>]/);
  });
}

test('what was put back is counted, and said in an event of the Node', { skip }, async () => {
  const text = await metrics();
  const count = (what: string) => Number(new RegExp(`repairs_total{what="${what}"} (\\d+)`).exec(text)?.[1]);
  assert.ok(count('tables') >= 1 && count('links') >= 1, text);
  const [event] = await until(
    'it is said',
    () => shared.api.events,
    ([first]) => first !== undefined,
  );
  assert.equal(event?.['reason'], 'NetworkRepaired');
  assert.match(String(event?.['message']), /another program \(process \d+ \(nft\)\) changed netvet's tables/);
});

test('its own changes are not taken for those of others', { skip }, async () => {
  const former = await repairs();
  for (const name of ['first', 'second']) {
    const pod = await attach(shared.node, name);
    shared.api.put('services', aService(`default/${name}`, name === 'first' ? '10.96.0.2' : '10.96.0.3'));
    await shared.node.plugin('DEL', pod.env, config);
  }
  const passes = async () => Number(/passes_total (\d+)/.exec(await metrics())?.[1]);
  // a change of others is heard after all of ours
  const whole = await made();
  await shared.node.run(['nft', 'delete', 'table', 'ip', 'netvet-hostports']);
  await until('all is back', made, (now) => now === whole);
  const after = await until('one repair', repairs, (now) => now !== former);
  assert.equal(after, former + 1);
  const count = await passes();
  // nothing changes, and so nothing is done; what the cluster has told before may be under way, and wait for its turn
  for (let i = 0; i < 20; i += 1) await shared.node.run(['nft', 'add table ip stranger; delete table ip stranger']);
  assert.ok((await passes()) <= count + 2, `${count} passes, then ${await passes()}`);
});

test('a Pod may delete its own link again and again: it waits for it, and the node stays ready', { skip }, async () => {
  const { node, api } = shared;
  const netns = '/run/netns/robbed';
  const reasons = () => api.events.map(({ reason }) => reason);
  const said = ['PodLinkLost', 'NetworkFight'];
  await until(
    'the fights before are over',
    () => ask('/readyz'),
    (text) => text === 'ok\n',
  );
  api.events.length = 0;
  await until(
    'it is said',
    async () => {
      await node.inPod(netns)(['ip', 'link', 'del', 'eth0']);
      return reasons();
    },
    (all) => all.some((reason) => said.includes(String(reason))),
  );
  assert.ok(!reasons().includes('NetworkFight'));
  assert.equal(await ask('/readyz'), 'ok\n');
  assert.equal((await node.plugin('STATUS', {}, config)).exitCode, 0);
  await until(
    'the link is back',
    () => node.inPod(netns)(['ip', 'route']),
    ({ stdout }) => stdout.includes('default via 169.254.1.1'),
  );
});

const strangers: Record<string, [script: string, undo: string, said: RegExp]> = {
  'iptables -P FORWARD DROP': [
    'nft "add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }"',
    'nft delete table ip filter',
    /Pods are cut off: table ip filter, chain FORWARD, of another program, .* by its policy/,
  ],
  'a rule that rejects': [
    'nft "add table inet fw; add chain inet fw f { type filter hook forward priority 10; };' +
      ' add rule inet fw f ct state established accept; add rule inet fw f reject"',
    'nft delete table inet fw',
    /table inet fw, chain f, .* by the rule with handle \d+ in chain f/,
  ],
};

for (const [what, [script, undo, said]] of Object.entries(strangers)) {
  test(`${what}: STATUS, /readyz and an event say where, until it has gone`, { skip }, async () => {
    const { node, api } = shared;
    api.events.length = 0;
    assert.equal((await node.run(['sh', '-c', script])).exitCode, 0);
    await until(
      '/readyz says so',
      () => ask('/readyz'),
      (text) => said.test(text),
    );
    const { exitCode, json } = await node.plugin('STATUS', {}, config);
    assert.deepEqual([exitCode, json.code], [1, 51]);
    assert.match(json.msg, said);
    const events = () => api.events.filter(({ reason }) => reason === 'ForeignRules').map(({ message }) => message);
    await until('an event says so', events, (all) => said.test(String(all.at(-1))));
    await node.run(['sh', '-c', undo]);
    await until(
      '/readyz is good again',
      () => ask('/readyz'),
      (text) => text === 'ok\n',
    );
  });
}

test('rules that a kube-proxy has left are said and stop nothing, unless they translate; one that works does', {
  skip,
}, async () => {
  const { node, api } = shared;
  api.events.length = 0;
  const said = /kube-proxy is at work on this node, or has left its rules: table ip nat, chain KUBE-SERVICES/;
  const nft = async (script: string) => assert.equal((await node.run(['nft', script])).stderr, '');
  const readyz = (what: string, holds: (text: string) => boolean, before: () => Promise<unknown> = async () => {}) =>
    until(
      what,
      async () => {
        await before();
        // something happens, so that the agent looks
        await nft('add table ip stranger; delete table ip stranger');
        return ask('/readyz');
      },
      holds,
    );
  const isGood = (text: string) => text.startsWith('ok\n');
  await nft('add table ip nat; add chain ip nat KUBE-SERVICES');
  await readyz('they are said', (text) => isGood(text) && said.test(text));
  assert.equal((await node.plugin('STATUS', {}, config)).exitCode, 0);
  assert.ok(api.events.some(({ reason, message }) => reason === 'LeftoverRules' && said.test(String(message))));

  const proxy = node.start(['sh', '-c', 'printf kube-proxy >/proc/$$/comm; echo named; read -r end']);
  await until(
    'it has its name',
    () => proxy.output(),
    (text) => text === 'named\n',
  );
  await nft('add chain ip nat KUBE-NODEPORTS');
  await readyz('it is at work', (text) => !isGood(text) && said.test(text));
  const { exitCode, json } = await node.plugin('STATUS', {}, config);
  assert.deepEqual([exitCode, json.code], [1, 51]);
  proxy.child.kill();
  await readyz('it has ended', (text) => isGood(text) && said.test(text));

  // before ours, and to where nothing listens: the test's own address
  await nft(
    'add chain ip nat PREROUTING { type nat hook prerouting priority -110; }; ' +
      'add rule ip nat KUBE-SERVICES ip daddr 10.96.0.1 tcp dport 80 dnat to 192.168.50.1:9; ' +
      'add rule ip nat PREROUTING jump KUBE-SERVICES',
  );
  await readyz(
    'they translate',
    (text) => !isGood(text) && /within a minute .*10\.96\.0\.1/i.test(text),
    async () => assert.equal(await node.ask('10.96.0.1', 80, '/run/netns/robbed'), 'ECONNREFUSED'),
  );
  await nft('delete table ip nat');
  await readyz('they are gone', (text) => text === 'ok\n');
});
