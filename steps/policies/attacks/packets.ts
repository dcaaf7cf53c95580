/** Packets of attackers, byte by byte. */

const byte = (value: number) => Buffer.from([value]);
const word = (value: number) => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
const macOf = (text: string) => Buffer.from(text.replaceAll(':', ''), 'hex');
const ipv4Of = (text: string) => Buffer.from(text.split('.').map(Number));

/** The Internet checksum (https://www.rfc-editor.org/rfc/rfc1071), ready to be put into its place. */
export function checksum(data: Buffer): Buffer {
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) sum += ((data[i] ?? 0) << 8) | (data[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return word(~sum);
}

/** The datagram that a probe agent writes down, from port 40000. Over IPv4 it may go without a checksum. */
export function udp(port: number, nonce: string): Buffer {
  const payload = Buffer.from(`netvet ${nonce} `);
  return Buffer.concat([word(40_000), word(port), word(8 + payload.length), word(0), payload]);
}

/** A part of an IPv4 packet: so many bytes from its beginning, and whether more come after it. */
interface Fragment {
  offset: number;
  more: boolean;
  id: number;
}

const whole: Fragment = { offset: 0, more: false, id: 0 };
const protocolUdp = 17;

/** An IPv4 packet with UDP, or a part of one. */
export function ipv4(from: string, to: string, content: Buffer, { offset, more, id }: Fragment = whole): Buffer {
  const place = word((more ? 0x2000 : 0) | (offset / 8));
  const before = Buffer.concat([word(0x4500), word(20 + content.length), word(id), place, byte(64), byte(protocolUdp)]);
  const addresses = Buffer.concat([ipv4Of(from), ipv4Of(to)]);
  const sum = checksum(Buffer.concat([before, word(0), addresses]));
  return Buffer.concat([before, sum, addresses, content]);
}

/** The same in parts: the first has 16 bytes, the UDP header among them. */
export const inFragments = (from: string, to: string, content: Buffer, id: number): Buffer[] => [
  ipv4(from, to, content.subarray(0, 16), { offset: 0, more: true, id }),
  ipv4(from, to, content.subarray(16), { offset: 16, more: false, id }),
];

/** An Ethernet frame with IPv4, as VXLAN carries it (https://www.rfc-editor.org/rfc/rfc7348#section-5). */
export function vxlan(identifier: number, mac: string, content: Buffer): Buffer {
  const header = Buffer.concat([Buffer.from([8, 0, 0, 0]), byte(identifier >> 16), word(identifier), byte(0)]);
  return Buffer.concat([header, macOf(mac), macOf('02:00:00:00:00:01'), word(0x0800), content]);
}

/** A link-local address that nobody has: where the attacker says that it is. */
export const router = Buffer.from('fe800000000000000000000000bad001', 'hex');
const allNodes = Buffer.from('ff020000000000000000000000000001', 'hex');
/** To all nodes, on Ethernet. */
export const allNodesMac = '33:33:00:00:00:01';

/** An IPv6 packet from there to all nodes of the link; `sumAt`: where the content has its checksum. */
function ipv6(protocol: number, content: Buffer, sumAt: number): Buffer {
  const pseudo = Buffer.concat([router, allNodes, word(0), word(content.length), word(0), word(protocol)]);
  const sum = checksum(Buffer.concat([pseudo, content]));
  const summed = Buffer.concat([content.subarray(0, sumAt), sum, content.subarray(sumAt + 2)]);
  const header = [word(0x6000), word(0), word(content.length), byte(protocol), byte(255), router, allNodes];
  return Buffer.concat([...header, summed]);
}

/** "I am a router", for so many seconds; 0: no longer. https://www.rfc-editor.org/rfc/rfc4861#section-4.2 */
export const routerAdvertisement = (seconds: number): Buffer =>
  ipv6(58, Buffer.concat([byte(134), byte(0), word(0), byte(64), byte(0), word(seconds), Buffer.alloc(8)]), 2);

export const udpToAllNodes = (port: number, nonce: string): Buffer => ipv6(protocolUdp, udp(port, nonce), 6);
