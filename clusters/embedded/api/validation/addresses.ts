/**
 * Addresses and CIDRs as older fields of the API take them: leading zeros, IPv4 written as IPv6 and bits beyond the
 * prefix are let through. https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/validation/ip.go
 */
import { isIPv6 } from 'node:net';
import type { Check } from './names.ts';

export interface Address {
  family: 4 | 6;
  bits: bigint;
}

export interface Cidr extends Address {
  prefix: number;
}

function ipv4Bits(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((each) => /^\d+$/.test(each) && Number(each) <= 255)) return undefined;
  return octets.reduce((bits, each) => (bits << 8n) | BigInt(each), 0n);
}

function ipv6Bits(text: string): bigint | undefined {
  if (!isIPv6(text) || text.includes('%')) return undefined;
  // a URL writes the last 32 bits as it does all others, and not in IPv4's notation
  const [left = '', right] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array.from({ length: zeros }, () => '0'), ...groups(right ?? '')];
  return all.reduce((bits, each) => (bits << 16n) | BigInt(`0x${each}`), 0n);
}

/** An IPv4 address written as IPv6 is taken for IPv4. */
export function parseAddress(text: string): Address | undefined {
  const four = ipv4Bits(text);
  if (four !== undefined) return { family: 4, bits: four };
  const six = ipv6Bits(text);
  return six === undefined ? undefined : unmapped({ family: 6, bits: six, prefix: 128 });
}

function mask({ family, bits }: Address, prefix: number): bigint {
  const host = BigInt((family === 4 ? 32 : 128) - prefix);
  return (bits >> host) << host;
}

export function parseCidr(text: string): Cidr | undefined {
  const [base = '', prefix = '', ...rest] = text.split('/');
  const family = base.includes(':') ? 6 : 4;
  const bits = family === 6 ? ipv6Bits(base) : ipv4Bits(base);
  if (bits === undefined || rest.length > 0 || !/^\d+$/.test(prefix)) return undefined;
  if (Number(prefix) > (family === 6 ? 128 : 32)) return undefined;
  return { family, bits: mask({ family, bits }, Number(prefix)), prefix: Number(prefix) };
}

/** IPv4 that is written as IPv6 is IPv4. */
function unmapped(cidr: Cidr): Cidr {
  if (cidr.family === 4 || cidr.bits >> 32n !== 0xffffn) return cidr;
  return { family: 4, bits: cidr.bits & 0xffffffffn, prefix: Math.max(0, cidr.prefix - 96) };
}

/** Whether the CIDR contains the address. */
export function contains(cidr: Cidr, address: Address): boolean {
  const outer = unmapped(cidr);
  const inner = unmapped({ ...address, prefix: 128 });
  return outer.family === inner.family && mask(inner, outer.prefix) === outer.bits;
}

export const address: Check = (text: string) =>
  parseAddress(text) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];

export const cidr: Check = (text: string) =>
  parseCidr(text) ? [] : ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];

const special: [what: string, ...cidrs: string[]][] = [
  ['unspecified', '0.0.0.0/32', '::/128'],
  ['in the loopback range (127.0.0.0/8, ::1/128)', '127.0.0.0/8', '::1/128'],
  ['in the link-local range (169.254.0.0/16, fe80::/10)', '169.254.0.0/16', 'fe80::/10'],
  ['in the link-local multicast range (224.0.0.0/24, ff02::/10)', '224.0.0.0/24', 'ff02::/16'],
];
const ranges = special.map(([what, ...cidrs]) => ({ what, cidrs: cidrs.map((each) => parseCidr(each) as Cidr) }));

/** An address that traffic can be sent to: none of those that mean something else. */
export const endpointAddress: Check = (text: string) => {
  const parsed = parseAddress(text);
  if (!parsed) return ['must be a valid IP address'];
  // nearly every address is none of those
  if (parsed.family === 4 && ![0n, 127n, 169n, 224n].includes(parsed.bits >> 24n)) return [];
  return ranges
    .filter(({ cidrs }) => cidrs.some((each) => contains(each, parsed)))
    .map(({ what }) => `may not be ${what}${what === 'unspecified' ? ` (${text})` : ''}`);
};
