/** Host ports and masquerade with real packets. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PortMapping } from '../../model/index.ts';
import { briefly, type PodPeer } from './lab/index.ts';
import { createScene, type Scene } from './lab/scene.ts';

const NODE = '192.168.0.1';

describe('host ports and masquerade', () => {
  let scene: Scene;
  let web: PodPeer;
  let other: PodPeer;
  before(async () => {
    scene = await createScene();
    web = await scene.pod('web', '10.244.1.3');
    other = await scene.pod('other', '10.244.1.4');
    await scene.lab.outsider.serve('TCP', 80);
    await scene.lab.node2.serve('TCP', 80);
    await scene.lab.host.serve('TCP', 7777);
  });
  after(() => scene[Symbol.asyncDispose]());

  const mapping = (hostPort: number, more: Partial<PortMapping> = {}): PortMapping => ({
    hostPort,
    containerPort: 80,
    protocol: 'TCP',
    ...more,
  });
  const map = (ofWeb: PortMapping[], ofOther: PortMapping[] = []) =>
    scene.change({
      attachments: [
        { ...web.attachment, portMappings: ofWeb },
        { ...other.attachment, portMappings: ofOther },
      ],
    });

  test('a host port is reached from outside, from Pods, from the node and at its localhost', async () => {
    await map([mapping(8080), mapping(8080, { protocol: 'UDP' })]);
    assert.equal(await scene.lab.outsider.tcp(NODE, 8080), 'web 192.168.0.9');
    assert.equal(await scene.lab.outsider.udp(NODE, 8080), 'web 192.168.0.9');
    assert.equal(await other.tcp(NODE, 8080), 'web 10.244.1.4');
    assert.equal(await scene.lab.host.tcp(NODE, 8080), `web ${NODE}`);
    assert.equal(await scene.lab.host.tcp('127.0.0.1', 8080), `web ${NODE}`);
    assert.equal(await scene.lab.host.udp('127.0.0.1', 8080), `web ${NODE}`);
    assert.equal(await scene.lab.host.tcp('127.0.0.1', 8080, { fromAddress: NODE }), `web ${NODE}`);
  });

  test('a Pod reaches itself by its host port', async () => {
    await map([mapping(8080)]);
    assert.equal(await web.tcp(NODE, 8080), `web ${NODE}`);
  });

  test('one number, two Pods, by address and by protocol', async () => {
    await map(
      [mapping(8080, { hostIP: '127.0.0.1' })],
      [mapping(8080, { hostIP: NODE }), mapping(8080, { protocol: 'UDP' })],
    );
    assert.equal(await scene.lab.host.tcp('127.0.0.1', 8080), `web ${NODE}`);
    assert.equal(await scene.lab.host.tcp(NODE, 8080), `other ${NODE}`);
    assert.equal(await scene.lab.outsider.udp(NODE, 8080), 'other 192.168.0.9');
  });

  test('it goes with its Pod', async () => {
    await map([mapping(8080)]);
    await map([]);
    assert.equal(await scene.lab.outsider.tcp(NODE, 8080), 'refused');
  });

  test('a UDP flow from before is translated once the port is there, and follows to the next Pod', async () => {
    const from = { fromPort: 41000 };
    await map([]);
    await scene.lab.outsider.udp(NODE, 8081, { ...from, ...briefly });
    await map([mapping(8081, { protocol: 'UDP' })]);
    assert.equal(await scene.lab.outsider.udp(NODE, 8081, from), 'web 192.168.0.9');
    await scene.change({ attachments: [{ ...other.attachment, portMappings: [mapping(8081, { protocol: 'UDP' })] }] });
    assert.equal(await scene.lab.outsider.udp(NODE, 8081, from), 'other 192.168.0.9');
  });

  test('a host port costs nobody a flow to that port of another machine', async () => {
    await scene.lab.outsider.serve('UDP', 8082);
    await map([]);
    const flows = async () => (await scene.lab.run(['conntrack', '-L', '-p', 'udp', '--orig-port-dst', '8082'])).stdout;
    assert.match(await other.udp('192.168.0.9', 8082, { fromPort: 42000 }), /^outsider/);
    assert.match(await flows(), /dst=192\.168\.0\.9 sport=42000/);
    await map([mapping(8082, { protocol: 'UDP' })]);
    assert.match(await flows(), /dst=192\.168\.0\.9 sport=42000/);
  });

  test('the node’s own localhost stays closed to Pods', async () => {
    await map([mapping(8080)], []);
    // a Pod that routes 127.0.0.1 to its node, as an attacker would
    const attack = `sysctl -qw net.ipv4.conf.all.route_localnet=1
      ip route add table 99 127.0.0.1/32 via 169.254.1.1 dev eth0
      ip rule add pref 0 to 127.0.0.1 iif lo lookup 99
      ip rule del pref 0 lookup local && ip rule add pref 10 lookup local`;
    const { exitCode, stderr } = await scene.lab.run(['nsenter', '--net=/run/netns/web', '--', 'sh', '-ec', attack]);
    assert.equal(exitCode, 0, stderr);
    assert.equal(await scene.lab.host.tcp('127.0.0.1', 7777), 'host 127.0.0.1');
    assert.equal(await web.tcp('127.0.0.1', 7777, { fromAddress: web.ip, ...briefly }), 'timeout');
  });

  test('Pods leave the cluster as their node, and are themselves to other nodes and Pods', async () => {
    assert.equal(await other.tcp('192.168.0.9', 80), `outsider ${NODE}`);
    assert.equal(await other.tcp('192.168.0.2', 80), 'node2 10.244.1.4');
  });
});
