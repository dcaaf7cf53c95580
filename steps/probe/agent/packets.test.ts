import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { ipv4, udp } from '../../policies/attacks/packets.ts';

/** A network of its own, with another one behind a link, of which nobody knows yet where it is. */
const setUp = `set -e; mount -t tmpfs none /run; mkfifo /run/ready; ip netns add b
ip link add a0 type veth peer name b0 netns b; ip link set a0 up; ip -n b link set b0 up
ip address add 10.9.0.1/24 dev a0; ip -n b address add 10.9.0.2/24 dev b0; ip route add default via 10.9.0.2`;
const unshare = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c'];
const isPossible = spawnSync('unshare', [...unshare, `${setUp}; perl -e 1`]).status === 0;

/** Prints the first datagram; ends without one after a while. */
const listener = `const socket = process.getBuiltinModule('node:dgram').createSocket('udp4');
setTimeout(() => process.exit(), 20_000);
socket.on('message', (message) => { console.log(String(message)); process.exit(); });
socket.bind(8080, () => process.getBuiltinModule('node:fs').writeFileSync('/run/ready', '\\n'));`;

const skip = !isPossible && 'needs user namespaces, ip and perl';
test('a packet of a Pod that has sent nothing before reaches its gateway', { skip }, () => {
  const bytes = ipv4('10.9.0.1', '10.9.0.2', udp(8080, 'n')).toString('hex');
  const packets = [{ via: 'link', type: 0x0800, bytes }];
  const sender = `import('${join(import.meta.dirname, 'packets.ts')}').then(({ send }) =>
send(${JSON.stringify({ packets })}))`;
  const script = `${setUp}
ip netns exec b "$1" -e "$2" >/run/heard & read -r _ </run/ready; "$1" -e "$3"; wait
cat /run/heard`;
  const argv = [...unshare, script, 'sh', process.execPath, listener];
  const { stdout, stderr } = spawnSync('unshare', [...argv, sender], { encoding: 'utf8' });
  assert.equal(stdout.trim(), 'netvet n', stderr);
});
