/**
 * What is accepted and better written another way; clients show it to their user.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/util/validation/ip.go (GetWarningsFor...)
 */
import type { KubeObject } from '../../objects.ts';
import { isHeadless } from '../services/kinds.ts';
import { type Address, parseAddress, parseCidr, unmapped } from './addresses.ts';
import type { Value } from './problem.ts';

function addressText({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  // URLs shorten an address as RFC 5952 does
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** Leading zeros, which some read as octal, and IPv4 written as IPv6. */
function isOdd(text: string): boolean {
  const [address = '', prefix = ''] = text.split('/');
  const mapped = address.includes(':') && parseAddress(address)?.family === 4;
  return mapped || /^0\d/.test(prefix) || (!address.includes(':') && /(^|\.)0\d/.test(address));
}

const later = 'will be considered invalid in a future Kubernetes release: use';

function ofAddress(field: string, text: string): string[] {
  const address = parseAddress(text);
  if (!address) return [];
  const canonical = addressText(address);
  if (isOdd(text)) return [`${field}: non-standard IP address "${text}" ${later} "${canonical}"`];
  if (address.family === 6 && canonical !== text)
    return [`${field}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${canonical}")`];
  return [];
}

function ofCidr(field: string, text: string): string[] {
  const cidr = parseCidr(text);
  const address = parseAddress(text.split('/')[0] ?? '');
  if (!cidr || !address) return [];
  const plain = unmapped(cidr);
  const canonical = `${addressText(plain)}/${plain.prefix}`;
  const warnings: string[] = [];
  if (plain.family !== address.family || plain.bits !== address.bits) {
    const single = `${addressText(address)}/${text.includes(':') ? 128 : 32}`;
    warnings.push(
      `${field}: CIDR value "${text}" is ambiguous in this context (should be "${canonical}" or "${single}"?)`,
    );
  }
  if (isOdd(text)) warnings.push(`${field}: non-standard CIDR value "${text}" ${later} "${canonical}"`);
  if (warnings.length === 0 && plain.family === 6 && canonical !== text)
    warnings.push(`${field}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${canonical}")`);
  return warnings;
}

function ofRules(field: string, rules: Value[] = [], peers: 'from' | 'to'): string[] {
  return rules.flatMap((rule, index) =>
    (rule[peers] ?? []).flatMap(({ ipBlock }: Value, at: number) => {
      if (!ipBlock) return [];
      const place = `${field}[${index}].${peers}[${at}].ipBlock`;
      return [
        ...ofCidr(`${place}.cidr`, ipBlock.cidr),
        ...(ipBlock.except ?? []).flatMap((text: string, on: number) => ofCidr(`${place}.except[${on}]`, text)),
      ];
    }),
  );
}

const ofService = (spec: Value): string[] => [
  ...(isHeadless(spec) && spec.sessionAffinity === 'ClientIP'
    ? ['spec.SessionAffinity is ignored for headless services']
    : []),
  ...(isHeadless(spec) ? [] : (spec.clusterIPs ?? [])).flatMap((text: string, index: number) =>
    ofAddress(`spec.clusterIPs[${index}]`, text),
  ),
  ...(spec.externalIPs ?? []).flatMap((text: string, index: number) => ofAddress(`spec.externalIPs[${index}]`, text)),
  ...(spec.loadBalancerSourceRanges ?? []).flatMap((text: string, index: number) =>
    ofCidr(`spec.loadBalancerSourceRanges[${index}]`, text.trim()),
  ),
];

/** Warnings about an object that was stored. */
export function warningsOf({ kind, spec }: KubeObject): string[] {
  if (kind === 'Service') return ofService(spec);
  if (kind !== 'NetworkPolicy') return [];
  return [...ofRules('spec.ingress', spec.ingress, 'from'), ...ofRules('spec.egress', spec.egress, 'to')];
}
