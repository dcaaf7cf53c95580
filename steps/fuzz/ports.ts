import type { Pod } from '../oracle/index.ts';
import type { Listener } from '../probe/index.ts';

/** What every Pod serves: the same numbers for both protocols, so that mixing them up shows. */
export const ports: Listener[] = [
  { protocol: 'TCP', port: 8080 },
  { protocol: 'TCP', port: 8081 },
  { protocol: 'UDP', port: 8080 },
  { protocol: 'UDP', port: 8081 },
];

/**
 * The names that Pod number `index` gives its ports: "first" is now 8080 and now 8081, "only" is not in every Pod, and
 * the names of UDP are not those of TCP, as a name is used once in a container.
 */
export function namedPortsOf(index: number): Pod['namedPorts'] {
  const [first, second] = index % 2 === 0 ? [8080, 8081] : [8081, 8080];
  return [
    { name: 'first', protocol: 'TCP', port: first },
    ...(index % 3 === 0 ? [] : [{ name: 'only', protocol: 'TCP' as const, port: second }]),
    { name: 'datagrams', protocol: 'UDP', port: second },
  ];
}
