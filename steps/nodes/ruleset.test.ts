import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const unshare = ['--user', '--map-root-user', '--net', '--mount', '--fork', '--kill-child'];
/** A script in a network of its own; $1 is ruleset.sh, and /run is empty. */
function inNetwork(script: string): { status: number | null; stdout: string; stderr: string } {
  const whole = `set -e; mount -t tmpfs none /run; mkdir /run/kept; ${script}`;
  const argv = [...unshare, 'sh', '-c', whole, 'sh', join(import.meta.dirname, 'ruleset.sh')];
  return spawnSync('unshare', argv, { encoding: 'utf8' });
}

const isPossible = inNetwork('nft list ruleset').status === 0;
const hasIptables = inNetwork('iptables-nft -A FORWARD -m recent --set -j ACCEPT').status === 0;
const needs = { skip: !isPossible && 'needs user namespaces and nft' };
const needsIptables = { skip: !hasIptables && 'needs user namespaces, nft and iptables-nft' };

const table = `nft 'add table ip own; add chain ip own c { type filter hook forward priority 0; }
add set ip own s { type ipv4_addr; }; add element ip own s { 10.0.0.1, 10.0.0.2 }; add rule ip own c ip saddr @s drop'`;
/** Takes something away, and brings it back: prints the rules before and after. */
const accident = (kinds: string, meanwhile = 'true') => `sh "$1" save /run/kept
sh "$1" flush /run/kept '${kinds}'; ${meanwhile}; sh "$1" restore /run/kept`;
const list = 'nft list ruleset 2>/dev/null';

for (const kinds of ['.*', 'chain', 'set|map'])
  test(`what is taken away comes back: ${kinds}`, needs, () => {
    const seen = inNetwork(`${table}; ${list}; echo =; ${accident(kinds, `${list}; echo =`)}; ${list}`);
    assert.equal(seen.status, 0, seen.stderr);
    const [before, between, after] = seen.stdout.split('=\n');
    assert.notEqual(between, before);
    assert.equal(after, before);
  });

test('rules of iptables that nft does not read back come back by iptables', needsIptables, () => {
  const rule = 'iptables-nft -A FORWARD -m recent --name x --set -m comment --comment "a b" -j ACCEPT';
  const refused = inNetwork(`${rule}; ${list} >/run/all; nft flush ruleset; nft -f /run/all`);
  assert.match(refused.stderr, /unsupported xtables compat expression/);
  const seen = inNetwork(`${rule}; ${table}; ${accident('.*')}; iptables-nft-save -t filter | grep -e -A; ${list}`);
  assert.equal(seen.status, 0, seen.stderr);
  assert.match(seen.stdout, /-A FORWARD -m recent .*--comment "a b" -j ACCEPT/);
  assert.match(seen.stdout, /10.0.0.1, 10.0.0.2/);
});

test('what could not be brought back is said before anything is done', needsIptables, () => {
  const iptables = 'iptables-nft -A FORWARD -m recent --name x --set -j ACCEPT';
  // iptables lists the first as one that drops everything, and neither the second nor the third as what it is
  const others = [
    "add set ip filter s '{ type ipv4_addr; }'; nft add rule ip filter FORWARD ip saddr @s counter drop",
    'add rule ip filter FORWARD ct state vmap { new : drop, established : accept } counter',
    'add rule ip filter FORWARD ip saddr 10.0.0.1 drop',
  ];
  for (const other of others) {
    const seen = inNetwork(`${iptables}; nft ${other.replace(/\{ new.*\}/, "'$&'")}; sh "$1" save /run/kept`);
    assert.equal(seen.status, 1, other);
    assert.match(seen.stdout, /^table ip filter has rules of iptables and others/);
  }
});

test('what its owner has brought back, or changed meanwhile, is left alone', needs, () => {
  const owner = 'nft add rule ip own c accept';
  const seen = inNetwork(`${table}; ${accident('chain', owner)}; ${list}`);
  assert.equal(seen.status, 0, seen.stderr);
  assert.match(seen.stdout, /\taccept/);
  assert.doesNotMatch(seen.stdout, /@s drop/);
});
