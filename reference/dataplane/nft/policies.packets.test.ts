/**
 * NetworkPolicies with real packets. What each rule means is tested in reference/model; here is that the kernel does
 * it.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anEndpoint, aPod, aPolicy, aService, aSlice } from '../../model/fixtures.ts';
import type { NetworkPolicyObject } from '../../model/index.ts';
import { briefly, OUTSIDER, type PodPeer } from './lab/index.ts';
import { createScene, type Scene } from './lab/scene.ts';

type Spec = Partial<NonNullable<NetworkPolicyObject['spec']>>;

const ingress: Spec = { policyTypes: ['Ingress'] };
const egress: Spec = { policyTypes: ['Egress'] };
const app = (name: string) => ({ podSelector: { matchLabels: { app: name } } });

describe('policies', () => {
  let scene: Scene;
  let web: PodPeer;
  let friend: PodPeer;
  let far: PodPeer;
  before(async () => {
    scene = await createScene();
    web = await scene.pod('web', '10.244.1.3', { app: 'web' }, [80, 81, 85]);
    friend = await scene.pod('friend', '10.244.1.4', { app: 'friend' }, [8080]);
    far = await scene.pod('far', '10.244.2.5', { app: 'far' });
    await scene.lab.outsider.serve('TCP', 80);
    await scene.lab.node2.serve('TCP', 80);
    await scene.lab.host.serve('TCP', 80);
  });
  after(() => scene[Symbol.asyncDispose]());

  /** Policies of namespace default, selecting web unless they say otherwise. */
  const apply = (...specs: Spec[]) =>
    scene.change({ networkPolicies: specs.map((spec, i) => aPolicy(`default/p${i}`, { ...app('web'), ...spec })) });
  const tcp = async (from: PodPeer, to: PodPeer, port = 80) => (await from.tcp(to.ip, port)).split(' ')[0];
  const open = async (from: PodPeer, to: PodPeer, port = 80) => assert.equal(await tcp(from, to, port), to.name);
  const closed = async (from: PodPeer, to: PodPeer, port = 80) =>
    assert.equal(await from.tcp(to.ip, port, briefly), 'timeout');

  test('without policies all is open, and Pods see each other’s addresses', async () => {
    await apply();
    assert.equal(await friend.tcp(web.ip, 80), 'web 10.244.1.4');
    assert.equal(await far.udp(web.ip, 80), 'web 10.244.2.5');
    assert.equal(await web.tcp(far.ip, 80), 'far 10.244.1.3');
  });

  test('isolated for ingress: nobody gets in but the node, and the Pod gets out', async () => {
    await apply(ingress);
    await closed(friend, web);
    await closed(far, web);
    assert.equal(await friend.udp(web.ip, 80, briefly), 'timeout');
    assert.equal(await scene.lab.host.tcp(web.ip, 80), 'web 192.168.0.1');
    assert.equal(await scene.lab.node2.tcp(web.ip, 80, briefly), 'timeout');
    await open(web, far);
  });

  test('isolated for egress: nothing gets out but to the node, and others get in', async () => {
    await apply(egress);
    await closed(web, friend, 8080);
    await closed(web, far);
    assert.equal(await web.tcp(scene.lab.node2.ip, 80, briefly), 'timeout');
    assert.equal(await web.tcp(scene.lab.host.ip, 80), 'host 10.244.1.3');
    await open(friend, web);
  });

  test('a label lets in, and ports are those of the rule and no others', async () => {
    await apply({ ...ingress, ingress: [{ from: [app('friend')], ports: [{ port: 80 }, { port: 84, endPort: 86 }] }] });
    await open(friend, web);
    await open(friend, web, 85);
    await closed(friend, web, 81);
    await closed(far, web);
    assert.equal(await friend.udp(web.ip, 80, briefly), 'timeout');
  });

  test('a protocol alone opens all of its ports and no other protocol', async () => {
    await apply({ ...ingress, ingress: [{ ports: [{ protocol: 'UDP' }] }] });
    assert.equal(await friend.udp(web.ip, 81), 'web 10.244.1.4');
    await closed(friend, web, 81);
  });

  test('ipBlock with except, and one that allows everything', async () => {
    await apply({
      ...ingress,
      ingress: [{ from: [{ ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.2.0/24'] } }] }],
    });
    await open(friend, web);
    await closed(far, web);
    await apply({ ...ingress, ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] });
    await open(far, web);
  });

  test('a named port is each Pod’s own number, for ingress and egress', async () => {
    const ports = [{ port: 'web' }];
    await apply({ ...ingress, podSelector: {}, ingress: [{ ports }] });
    await open(far, web, 80);
    await closed(web, friend, 80);
    await open(web, friend, 8080);
    await apply({ ...egress, egress: [{ ports }] });
    await open(web, friend, 8080);
    await open(web, far, 80);
    assert.equal(await web.tcp(OUTSIDER, 80, briefly), 'timeout');
  });

  test('policies add up, and go one by one', async () => {
    const toFriend = { ...ingress, ingress: [{ from: [app('friend')] }] };
    const toFar = { ...ingress, ingress: [{ from: [app('far')] }] };
    await apply(toFriend, toFar);
    await open(friend, web);
    await open(far, web);
    await apply(toFriend);
    await closed(far, web);
    await apply();
    await open(far, web);
  });

  test('labels that change, change the answer at once', async () => {
    await apply({ ...ingress, ingress: [{ from: [app('friend')] }] });
    const { pods } = scene.snapshot;
    const relabel = (name: string, label: string) =>
      scene.change({
        pods: scene.snapshot.pods.map((pod) =>
          pod.metadata.name === name ? { ...pod, metadata: { ...pod.metadata, labels: { app: label } } } : pod,
        ),
      });
    await relabel('far', 'friend');
    await open(far, web);
    await relabel('friend', 'stranger');
    await closed(friend, web);
    await relabel('web', 'other');
    await open(friend, web);
    await scene.change({ pods });
  });

  test('a connection that is open stays open when a policy forbids it; a new one is refused', async () => {
    await apply();
    const { connection } = await friend.ask({ op: 'open', address: web.ip, port: 80 });
    await apply(ingress);
    const talk = await friend.ask({ op: 'talk', connection });
    assert.equal(talk.server, 'web');
    await closed(friend, web);
  });

  test('a new connection from the port of an old one is refused, whoever ended that one', async () => {
    for (const [op, outcome, fromPort] of [
      ['tcp', 'answered', 45001],
      ['ended', 'answered', 45002],
      ['reset', 'read ECONNRESET', 45003],
    ] as const) {
      const from = { fromPort };
      await apply();
      assert.equal((await friend.ask({ op, address: web.ip, port: 80, ...from })).outcome, outcome);
      await apply(ingress);
      assert.equal(await friend.tcp(web.ip, 80, { ...from, ...briefly }), 'timeout', op);
    }
  });

  test('a new Pod is isolated by what is attached, whatever the API knows of it', async () => {
    await apply({ ...ingress, podSelector: {} });
    const attachment = (await scene.lab.pod('late', '10.244.1.9')).attachment;
    await scene.change({ attachments: [...scene.snapshot.attachments, attachment] });
    assert.equal(await friend.tcp('10.244.1.9', 80, briefly), 'timeout');
  });

  test('policies see the endpoint behind a Service, and the client before it', async () => {
    await scene.change({
      services: [aService('default/web', '10.96.0.20', { ports: [{ port: 8000, protocol: 'TCP' }] })],
      endpointSlices: [aSlice('default/web', [anEndpoint(web.ip)], [{ port: 80 }])],
    });
    await apply({ ...ingress, ingress: [{ from: [app('friend')], ports: [{ port: 80 }] }] });
    assert.equal(await friend.tcp('10.96.0.20', 8000), 'web 10.244.1.4');
    assert.equal(await far.tcp(web.ip, 80, briefly), 'timeout');
  });

  test('a Pod cannot block itself, even through a Service', async () => {
    await apply({ policyTypes: ['Ingress', 'Egress'] });
    assert.equal(await web.tcp('10.96.0.20', 8000), 'web 192.168.0.1');
  });

  test('an ICMP error comes back through a policy that lets nothing in', async () => {
    await apply(ingress);
    // nothing listens there: the answer is "port unreachable", which belongs to the Pod's own flow
    assert.equal(await web.udp(far.ip, 9), 'refused');
  });

  test('what was allowed to a Pod of another node is not its successor’s at the address', async () => {
    await apply({ ...egress, egress: [{ to: [app('far')] }] });
    const flow = { fromPort: 4000 };
    assert.equal(await web.udp(far.ip, 80, flow), 'far 10.244.1.3');
    const { pods } = scene.snapshot;
    scene.nft.podLeft(far.ip);
    const heir = aPod('default/heir', { labels: { app: 'heir' }, ip: far.ip, node: 'node2' });
    await scene.change({ pods: [...pods.filter(({ metadata }) => metadata.name !== 'far'), heir] });
    assert.equal(await web.udp(far.ip, 80, { ...flow, ...briefly }), 'timeout');
    await scene.change({ pods });
    assert.equal(await web.udp(far.ip, 80, flow), 'far 10.244.1.3');
  });

  test('an address that another Pod gets has no connections of the first one', async () => {
    await apply();
    const { connection } = await friend.ask({ op: 'open', address: web.ip, port: 80 });
    const others = scene.snapshot.attachments.filter(({ pod }) => pod !== 'web');
    const heir = { ...web.attachment, containerId: 'heir', pod: 'heir', uid: 'uid-default/heir' };
    await scene.change({
      attachments: [...others, heir],
      networkPolicies: [aPolicy('default/all', { podSelector: {}, policyTypes: ['Ingress'] })],
    });
    assert.equal((await friend.ask({ op: 'talk', connection, ...briefly })).outcome, 'timeout');
  });
});
