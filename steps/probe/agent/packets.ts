/** Packets as no ordinary client sends them. */
import type { Operations, Packet } from '../attempt.ts';
import { processes } from './builtin.ts';
import { datagrams } from './datagrams.ts';

/**
 * Node has no such sockets, and perl is in every Debian image. Reads lines "TYPE MAC BYTES" and gives each to the link
 * of the default route; MAC "gateway" is that of the next hop, which a Pod that has sent nothing yet has to ask for: a
 * frame to nobody is an attack that was never made. It takes the capability NET_RAW.
 */
const sender = String.raw`
open(R, "/proc/net/route") or die; while (<R>) { my @f = split; ($link, $hop) = @f[0, 2] if $f[1] eq "00000000" }
my $address = reverse(pack("H8", $hop)); my $next = join(".", unpack("C4", $address));
sub known { open(A, "/proc/net/arp") or die;
  while (<A>) { my @f = split; return $f[3] if $f[0] eq $next && $f[5] eq $link && $f[2] ne "0x0" } undef }
socket(U, 2, 2, 0) or die "no socket: $!";
for (1 .. 250) { # 5 s
  last if $gateway = known();
  send(U, "", 0, pack("S n a4 x8", 2, 9, $address)); select(undef, undef, undef, 0.02);
}
$gateway or die "the gateway $next does not say where it is";
socket(S, 17, 2, 0) or die "no packet socket: $!";
my $request = pack("a16 x24", $link); ioctl(S, 0x8933, $request) or die "no link $link: $!";
my $index = unpack("x16 i", $request);
while (<STDIN>) {
  my ($type, $mac, $bytes) = split; $mac = $gateway if $mac eq "gateway"; $mac =~ s/://g;
  my $to = pack("S n i S C C H16", 17, $type, $index, 0, 0, 6, $mac . "0000");
  defined(send(S, pack("H*", $bytes), 0, $to)) or die "not sent: $!";
}`;

/** Sends them in their order, those through sockets first. Rejects when the Pod may not, or cannot. */
export async function send({ packets }: Operations['send'][0]): Promise<Operations['send'][1]> {
  const socket = datagrams('udp4');
  for (const packet of packets) {
    if (packet.via !== 'socket') continue;
    const { host, port, bytes } = packet;
    const error = await new Promise<NodeJS.ErrnoException | null>((done) =>
      socket.send(Buffer.from(bytes, 'hex'), port, host, done),
    );
    // those answer an earlier packet
    if (error && error.code !== 'ECONNREFUSED' && error.code !== 'EHOSTUNREACH') throw error;
  }
  socket.close();
  const lines = packets.flatMap((packet) => (packet.via === 'link' ? [lineOf(packet)] : []));
  if (lines.length > 0) await throughLink(lines);
  return { sent: packets.length };
}

const lineOf = ({ type, mac = 'gateway', bytes }: Packet & { via: 'link' }): string => `${type} ${mac} ${bytes}\n`;

function throughLink(lines: string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const perl = processes().spawn('perl', ['-e', sender], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  perl.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  perl.on('error', reject);
  perl.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`perl ended with ${code}: ${said.trim()}`))));
  // what it did not read shows in how it ended
  perl.stdin.on('error', () => {});
  perl.stdin.end(lines.join(''));
  return promise;
}
