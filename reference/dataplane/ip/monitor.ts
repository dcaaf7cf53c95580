/** Reads what `ip monitor` prints of routes, links, addresses and neighbours: it has no JSON of them. */
import { tunnelDevice } from '../../model/fabric.ts';

/** The last that was heard of something. */
export type Heard =
  | { kind: 'route'; destination: string; isGone: boolean; isOwn: boolean }
  | { kind: 'link'; device: string; isGone: boolean; isUp: boolean }
  | { kind: 'on a link'; device: string; isGone: boolean };

/** Objects of `ip monitor`. */
export const monitored = ['link', 'route', 'address', 'neigh'];

const link = /^\d+: ([^\s:@]+)(?:@\S+)?: <([^>]*)>/;
const address = /^\d+: (\S+)\s+inet6? /;
/** Those of other links come and go by themselves. */
const neighbour = new RegExp(`^\\S+ dev (${tunnelDevice}) .*\\b(?:lladdr|FAILED|PERMANENT|NOARP)\\b`);
const route = /^(?:(?:unicast|unreachable|blackhole|prohibit|local|broadcast|multicast) )?(default|[\d.]+(?:\/\d+)?) /;

/** `protocol`: the number of our routes. Undefined: a line that goes on, or is of no concern. */
export function readHeard(text: string, protocol: number): Heard | undefined {
  const isGone = text.startsWith('Deleted ');
  const line = text.replace(/^Deleted /, '');
  const [, device, flags = ''] = link.exec(line) ?? [];
  if (device !== undefined) return { kind: 'link', device, isGone, isUp: flags.split(',').includes('UP') };
  const on = address.exec(line)?.[1] ?? neighbour.exec(line)?.[1];
  if (on !== undefined) return { kind: 'on a link', device: on, isGone };
  const destination = route.exec(line)?.[1];
  if (destination === undefined) return undefined;
  return { kind: 'route', destination, isGone, isOwn: line.includes(` proto ${protocol} `) };
}
