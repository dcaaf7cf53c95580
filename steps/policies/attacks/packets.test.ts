import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksum, inFragments, ipv4, routerAdvertisement, udp, vxlan } from './packets.ts';

test('the checksum is that of the usual example, and what has it sums up to nothing', () => {
  const header = Buffer.from('45000073000040004011 0000 c0a80001c0a800c7'.replaceAll(' ', ''), 'hex');
  assert.equal(checksum(header).toString('hex'), 'b861');
  const packet = ipv4('10.244.1.2', '10.244.2.3', udp(8080, 'n'));
  assert.equal(checksum(packet.subarray(0, 20)).toString('hex'), '0000');
});

test('a datagram in IPv4, in Ethernet, in VXLAN', () => {
  const inner = ipv4('10.0.0.1', '10.0.0.2', udp(80, 'n'));
  assert.equal(inner.length, 20 + 8 + 'netvet n '.length);
  assert.equal(inner.readUInt16BE(2), inner.length);
  const packet = vxlan(7878, '0a:58:0a:f4:01:00', inner);
  assert.equal(packet.subarray(0, 22).toString('hex'), '08000000001ec6000a580af401000200000000010800');
  assert.deepEqual(packet.subarray(22), inner);
});

test('fragments together are the whole', () => {
  const content = udp(80, 'a longer nonce');
  const [first, last] = inFragments('10.0.0.1', '10.0.0.2', content, 7) as [Buffer, Buffer];
  assert.deepEqual(Buffer.concat([first.subarray(20), last.subarray(20)]), content);
  assert.deepEqual([first.readUInt16BE(6), last.readUInt16BE(6)], [0x2000, 2]);
});

test('a router advertisement has the hop limit that receivers ask for, and a checksum that fits', () => {
  const packet = routerAdvertisement(1_800);
  assert.deepEqual([packet[6], packet[7], packet[40], packet.readUInt16BE(46)], [58, 255, 134, 1_800]);
  const length = packet.length - 40;
  const pseudo = Buffer.concat([packet.subarray(8, 40), Buffer.from([0, 0, 0, length, 0, 0, 0, 58])]);
  assert.equal(checksum(Buffer.concat([pseudo, packet.subarray(40)])).toString('hex'), '0000');
});
