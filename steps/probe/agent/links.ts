/** What the kernel knows of this namespace's links. */
import type { Operations } from '../attempt.ts';
import { fs, os, processes } from './builtin.ts';

/** Node tells only of links that have an address, and tunnels often have none. Prints the MAC addresses of all. */
const all = String.raw`
socket(S, 2, 2, 0) or die "no socket: $!"; open(L, "/proc/net/dev") or die;
while (<L>) {
  my ($link) = /^\s*([^:\s]+):/ or next;
  my $request = pack("a16 x24", $link); ioctl(S, 0x8927, $request) or next;
  print join(":", map { sprintf "%02x", $_ } unpack("x18 C6", $request)), "\n";
}`;

/** See Operations. */
export function links(): Operations['links'][1] {
  const known = Object.values(os().networkInterfaces()).flatMap((one) => (one ?? []).map(({ mac }) => mac));
  const { stdout } = processes().spawnSync('perl', ['-e', all], { encoding: 'utf8' });
  // where there is no perl, those with an address have to do
  const macs = new Set([...known, ...(stdout ?? '').split('\n')].filter((mac) => /[1-9a-f]/.test(mac)));
  return { macs: [...macs], routers: routers() };
}

function routers(): string[] {
  // a kernel without IPv6 has no such file
  const table = fs().existsSync('/proc/net/ipv6_route') ? fs().readFileSync('/proc/net/ipv6_route', 'utf8') : '';
  const routes = table.split('\n').map((line) => line.split(/\s+/));
  const hops = routes.flatMap(([to = '', length, , , hop = '']) => (/^0+$/.test(to) && length === '00' ? [hop] : []));
  return hops.filter((hop) => !/^0+$/.test(hop));
}
