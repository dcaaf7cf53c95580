import * as fc from 'fast-check';
import { inBlock, type PolicyPeer, type PolicyPort } from '../../oracle/index.ts';
import type { Place } from '../place.ts';
import { choice, maybe, several, withFields } from './optional.ts';
import { namespaceSelector, podSelector } from './selectors.ts';

interface Block {
  cidr: string;
  except?: string[];
}

/** Bits of the prefix: one address, neighbours, a node's Pods, a cluster's, everybody. */
const prefixes = [32, 31, 30, 28, 26, 24, 20, 16, 8, 0];

/** The block of so many bits around an IPv4 address, as the API wants it: no bits beyond the prefix. */
function blockAround(ip: string, prefix: number): string {
  const size = 2 ** (32 - prefix);
  const number = ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const base = Math.floor(number / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${prefix}`;
}

const around = (addresses: string[], some: number[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...addresses), fc.constantFrom(...some)).map(([ip, prefix]) => blockAround(ip, prefix));

/** Blocks over the addresses of Pods. The API wants an exception to lie in its block and to be smaller. */
const ipBlock = (addresses: string[]): fc.Arbitrary<Block> =>
  fc
    .tuple(around(addresses, prefixes), fc.array(around(addresses, prefixes.slice(0, -1)), { maxLength: 3 }))
    .map(([cidr, wanted]) => {
      const length = (block: string) => Number(block.split('/')[1]);
      const except = wanted.filter((one) => length(one) > length(cidr) && inBlock(one.split('/')[0] as string, cidr));
      return { cidr, ...(except.length > 0 && { except }) };
    });

function peer({ namespaces, pods }: Place): fc.Arbitrary<PolicyPeer> {
  const inNamespaces = namespaceSelector(namespaces);
  return choice<PolicyPeer>(
    [1, fc.record({ podSelector })],
    [1, fc.record({ namespaceSelector: inNamespaces })],
    [1, fc.record({ podSelector, namespaceSelector: inNamespaces })],
    [1, fc.record({ ipBlock: ipBlock(pods.map(({ ip }) => ip)) })],
  );
}

const protocol = maybe(fc.constantFrom<'TCP' | 'UDP'>('TCP', 'UDP'), 7);
/** What the Pods serve, beside it, and names that some Pods give to their ports. */
const numbers = [8080, 8081, 8082];

function port({ pods }: Place): fc.Arbitrary<PolicyPort> {
  const names = [...new Set(pods.flatMap(({ namedPorts }) => namedPorts.map(({ name }) => name))), 'nobodys'];
  const number = withFields({ protocol, port: fc.constantFrom(...numbers) });
  const range = fc
    .tuple(protocol, fc.constantFrom(1, 8079, 8080, 8081), fc.constantFrom(0, 1, 9000))
    .map(([protocol, first, more]) => ({ ...(protocol && { protocol }), port: first, endPort: first + more }));
  return choice<PolicyPort>(
    [4, number],
    [2, withFields({ protocol })],
    [2, range],
    [3, withFields({ protocol, port: fc.constantFrom(...names) })],
  );
}

/** An empty list restricts nothing, like none; too many such rules, and nothing is denied any more. */
const list = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  choice<T[]>([1, fc.constant([])], [9, several(arbitrary, 1, 3)]);

export const ingressRule = (place: Place) =>
  withFields({ from: maybe(list(peer(place)), 9), ports: maybe(list(port(place)), 6) });

/** On the way out no names beside blocks: the documents leave open whether an address stands for its Pod's names. */
export const egressRule = (place: Place) =>
  withFields({ to: maybe(list(peer(place)), 9), ports: maybe(list(port(place)), 6) }).map((rule) => {
    if (!(rule.to ?? []).some(({ ipBlock }) => ipBlock)) return rule;
    return { ...rule, ...(rule.ports && { ports: rule.ports.map(numbered) }) };
  });

/** The same port with a number where it had a name. */
const numbered = (one: PolicyPort): PolicyPort => (typeof one.port === 'string' ? { ...one, port: 8080 } : one);
