/** What Pods, nodes and outsiders put into the tunnel by hand, with real packets. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anEndpoint, aService, aSlice } from '../../model/fixtures.ts';
import { createScene, type Scene } from './lab/scene.ts';

const NODE = '192.168.0.1';
const NODE2 = '192.168.0.2';
/** Where `far`, a Pod of node 2, would be. */
const FAR = '10.244.2.7';
const VICTIM = '10.244.1.3';
const tunnel = { id: 7878, port: 8472, mac: '0a:58:0a:f4:01:00' };

/** A datagram in IPv4 in Ethernet in VXLAN, in hexadecimal. */
function inVxlan(from: string, text: string, { id = tunnel.id, type = 0x0800 } = {}): string {
  const payload = Buffer.from(text);
  const packet = Buffer.alloc(8 + 14 + 20 + 8 + payload.length);
  packet[0] = 8;
  packet.writeUIntBE(id, 4, 3);
  packet.write(tunnel.mac.replaceAll(':', ''), 8, 'hex');
  packet.write('020000000001', 14, 'hex');
  packet.writeUInt16BE(type, 20);
  const ip = packet.subarray(22);
  ip[0] = 0x45;
  ip.writeUInt16BE(28 + payload.length, 2);
  ip[8] = 64;
  ip[9] = 17;
  ip.set(from.split('.').map(Number), 12);
  ip.set(VICTIM.split('.').map(Number), 16);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += ip.readUInt16BE(i);
  ip.writeUInt16BE(~((sum & 0xffff) + (sum >>> 16)) & 0xffff, 10);
  ip.writeUInt16BE(4000, 20);
  ip.writeUInt16BE(99, 22);
  ip.writeUInt16BE(8 + payload.length, 24);
  ip.set(payload, 28);
  return packet.toString('hex');
}

/** Serves UDP port 99 and writes down what comes, until the datagram that says so. */
const listen = `const seen = new Set();
  require('dgram').createSocket('udp4').on('message', (message) => {
    seen.add(String(message));
    if (seen.has('end')) { console.log([...seen].join()); process.exit(); }
  }).bind(99);`;
const sendAll = `const [, ...all] = process.argv;
  const socket = require('dgram').createSocket('udp4');
  Promise.all(all.map((one) => new Promise((done) => {
    const [host, port, bytes] = one.split('/');
    socket.send(Buffer.from(bytes, 'hex'), Number(port), host, done);
  }))).then(() => socket.close());`;

describe('the tunnel', () => {
  let scene: Scene;
  const inside = (netns: string, ...argv: string[]) =>
    scene.lab.run(['nsenter', `--net=/run/netns/${netns}`, '--', process.execPath, ...argv]);

  before(async () => {
    scene = await createScene();
    for (const name of ['web', 'attacker']) await scene.pod(name, name === 'web' ? VICTIM : '10.244.1.66');
    const links = [{ name: 'eth0', mtu: 1500, addresses: [{ address: NODE, prefixLength: 24 }] }];
    await scene.change({
      underlay: { mode: 'vxlan', links },
      services: [aService('default/way-round', '10.96.0.9', { ports: [{ protocol: 'UDP', port: tunnel.port }] })],
      endpointSlices: [aSlice('default/way-round', [anEndpoint(NODE)], [{ protocol: 'UDP', port: tunnel.port }])],
    });
    const device = `set -e
      ip link add nvvxlan address ${tunnel.mac} \\
        type vxlan id ${tunnel.id} dstport ${tunnel.port} local ${NODE} nolearning
      ip addr add 10.244.1.0/32 dev nvvxlan
      ip link set nvvxlan up
      sysctl -qw net.ipv4.conf.nvvxlan.rp_filter=2`;
    const { exitCode, stderr } = await scene.lab.run(['sh', '-c', device]);
    assert.equal(exitCode, 0, stderr);
  });
  after(() => scene[Symbol.asyncDispose]());

  test('takes from each peer what can be its own, and from nobody else anything', async () => {
    let heard: string | undefined;
    const hearing = inside('web', '-e', listen).then(({ stdout }) => (heard = stdout.trim()));
    const at = `${NODE}/${tunnel.port}`;
    while (heard === undefined) {
      await inside('attacker', '-e', sendAll, `${at}/${inVxlan(FAR, 'a Pod')}`);
      await inside('attacker', '-e', sendAll, `10.96.0.9/${tunnel.port}/${inVxlan(FAR, 'a Pod by a Service')}`);
      await inside('outsider', '-e', sendAll, `${at}/${inVxlan(FAR, 'an outsider')}`);
      await inside(
        'node2',
        '-e',
        sendAll,
        `${at}/${inVxlan('10.244.3.7', 'a peer as another one')}`,
        `${at}/${inVxlan('10.244.1.66', 'a peer as a Pod of this node')}`,
        `${at}/${inVxlan(FAR, 'no IPv4', { type: 0x8100 })}`,
        `${at}/${inVxlan(NODE2, 'the peer itself')}`,
        `${at}/${inVxlan(FAR, 'end')}`,
      );
    }
    await hearing;
    assert.equal(heard, 'the peer itself,end');
  });

  test('a node passes nothing on to the tunnels of others, and leaves other tunnels alone', async () => {
    let heard: string | undefined;
    const hearing = scene.lab
      .run(['nsenter', '--net=/run/netns/node2', '--', process.execPath, '-e', listen.replace('99', '8472')])
      .then(({ stdout }) => (heard = stdout.trim()));
    const raw = (id: number, text: string) => `${inVxlan(FAR, text, { id })}`;
    while (heard === undefined) {
      await inside(
        'attacker',
        '-e',
        sendAll,
        `${NODE2}/${tunnel.port}/${raw(tunnel.id, 'ours')}`,
        `${NODE2}/${tunnel.port}/${raw(1, 'theirs')}`,
      );
      await inside('attacker', '-e', sendAll, `${NODE2}/${tunnel.port}/${Buffer.from('end').toString('hex')}`);
    }
    await hearing;
    assert.match(heard, /theirs/);
    assert.doesNotMatch(heard, /ours/);
  });
});
