/** What Pods, nodes and outsiders put into the tunnel by hand, with real packets. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anEndpoint, aService, aSlice } from '../../model/fixtures.ts';
import { OUTSIDER } from './lab/index.ts';
import { createScene, meanwhile, type Scene } from './lab/scene.ts';

const NODE = '192.168.0.1';
const NODE2 = '192.168.0.2';
/** Where `far`, a Pod of node 2, would be. */
const FAR = '10.244.2.7';
const VICTIM = '10.244.1.3';
const pods = { web: VICTIM, attacker: '10.244.1.66', friend: '10.244.1.4' };
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

/** Serves UDP port 99 and writes down what comes. The second "end" ends it: a whole round was sent after the first. */
const listen = `const seen = new Set();
  let ends = 0;
  require('dgram').createSocket('udp4').on('message', (message) => {
    seen.add(String(message));
    if (String(message) === 'end' && (ends += 1) === 2) { console.log([...seen].sort().join()); process.exit(); }
  }).bind(99);`;
const sendAll = `const [, ...all] = process.argv;
  const socket = require('dgram').createSocket('udp4');
  Promise.all(all.map((one) => new Promise((done) => {
    const [host, port, bytes] = one.split('/');
    socket.send(Buffer.from(bytes, 'hex'), Number(port), host, done);
  }))).then(() => socket.close());`;

/** Sends from an address that the Pod has given itself, which takes NET_ADMIN; NET_RAW would do without. */
const sendAs = `const [, from, host, port, text] = process.argv;
  const socket = require('dgram').createSocket('udp4');
  socket.bind(0, from, () => socket.send(text, Number(port), host, () => socket.close()));`;

describe('spoofing', () => {
  let scene: Scene;
  const inside = (netns: string, ...argv: string[]) =>
    scene.lab.run(['nsenter', `--net=/run/netns/${netns}`, '--', process.execPath, ...argv]);

  before(async () => {
    scene = await createScene();
    for (const [name, address] of Object.entries(pods)) await scene.pod(name, address);
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

  /** What is heard in a Pod or on a node at that port while all this is sent over and over. */
  async function heardAt(netns: string, port: number, send: () => Promise<unknown>): Promise<string> {
    const { stdout } = await meanwhile(inside(netns, '-e', listen.replace('99', String(port))), async () => {
      await send();
    });
    return stdout.trim();
  }

  test('the tunnel takes from each peer what can be its own, and from nobody else anything', async () => {
    const at = `${NODE}/${tunnel.port}`;
    const byPeer = [
      inVxlan('10.244.3.7', 'a peer as another one'),
      inVxlan('10.244.1.66', 'a peer as a Pod of this node'),
      inVxlan(FAR, 'no IPv4', { type: 0x8100 }),
      inVxlan(NODE2, 'the peer itself'),
      inVxlan(FAR, 'end'),
    ].map((bytes) => `${at}/${bytes}`);
    const heard = await heardAt('web', 99, async () => {
      await inside('attacker', '-e', sendAll, `${at}/${inVxlan(FAR, 'a Pod')}`);
      await inside('attacker', '-e', sendAll, `10.96.0.9/${tunnel.port}/${inVxlan(FAR, 'a Pod by a Service')}`);
      await inside('outsider', '-e', sendAll, `${at}/${inVxlan(FAR, 'an outsider')}`);
      await inside('node2', '-e', sendAll, ...byPeer);
    });
    assert.equal(heard, 'end,the peer itself');
  });

  test('a node passes nothing on to the tunnels of others, and leaves other tunnels alone', async () => {
    const packets = [inVxlan(FAR, 'ours'), inVxlan(FAR, 'theirs', { id: 1 }), Buffer.from('end').toString('hex')];
    const heard = await heardAt('node2', tunnel.port, () =>
      inside('attacker', '-e', sendAll, ...packets.map((bytes) => `${NODE2}/${tunnel.port}/${bytes}`)),
    );
    assert.match(heard, /theirs/);
    assert.doesNotMatch(heard, /ours/);
  });

  test('a Pod sends from its own address alone, also where the node has made rp_filter loose', async () => {
    const others = { 'a Pod of this node': pods.friend, 'a Pod elsewhere': FAR, 'who is outside': OUTSIDER };
    const settings = ['all.rp_filter=2', 'nvattacker.rp_filter=1'].map((one) => `net.ipv4.conf.${one}`);
    await scene.lab.run(['sysctl', '-qw', ...settings]);
    // on a link without addresses the kernel is strict even then (fib_validate_source): another program gives it one
    await scene.lab.run(['ip', 'addr', 'add', '169.254.7.7/32', 'dev', 'nvattacker']);
    const ip = ['ip', '-n', 'attacker', 'addr', 'add', 'dev', 'eth0'];
    for (const address of Object.values(others)) await scene.lab.run([...ip, `${address}/32`]);
    const heard = await heardAt('web', 99, async () => {
      for (const [who, from] of Object.entries({ ...others, end: pods.attacker })) {
        await inside('attacker', '-e', sendAs, from, VICTIM, '99', who);
      }
    });
    assert.equal(heard, 'end');
  });
});
