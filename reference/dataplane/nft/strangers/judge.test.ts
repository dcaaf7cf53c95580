import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLab } from '../lab/index.ts';
import { findStrangers } from './index.ts';

const packets = [
  { source: '10.244.1.2', destination: '10.244.1.3', from: 'nv1', to: 'nv2' },
  { source: '10.244.1.2', destination: '10.244.2.2', from: 'nv1', to: 'eth0' },
  { source: '10.244.2.2', destination: '10.244.1.2', from: 'eth0', to: 'nv1' },
];
const dropAll = 'type filter hook forward priority 0; policy drop;';

/** Rules as other programs leave them -> where Pods are dropped, if at all. */
const cases: Record<string, [rules: string, said: RegExp[]]> = {
  nothing: ['', []],
  'our own tables': [`table ip netvet-policy { chain forward { ${dropAll} } }`, []],
  Docker: [
    `table ip filter {
       chain USER { return; }
       chain FORWARD { ${dropAll}
         jump USER; oifname "docker0" ct state related,established accept; oifname "docker0" jump USER
         iifname "docker0" oifname != "docker0" accept; }
     }`,
    [/table ip filter, chain FORWARD, .* by its policy/],
  ],
  'Docker with a flannel that accepts Pods': [
    `table ip filter {
       chain FORWARD { ${dropAll} jump FLANNEL; }
       chain FLANNEL { ip saddr 10.244.0.0/16 accept; ip daddr 10.244.0.0/16 accept; }
     }`,
    [],
  ],
  'Docker with an accept for one direction only': [
    `table ip filter { chain FORWARD { ${dropAll} iifname "nv*" accept; } }`,
    [/by its policy/],
  ],
  firewalld: [
    `table inet firewalld {
       chain filter_FORWARD { type filter hook forward priority 10; policy accept;
         ct state { established, related } accept; ct status dnat accept; iifname "lo" accept; ct state invalid drop
         jump policies; reject with icmpx admin-prohibited; }
       chain policies { iifname "eth0" oifname "eth0" accept; }
     }`,
    [/table inet firewalld, chain filter_FORWARD, .* by the rule with handle \d+ in chain filter_FORWARD/],
  ],
  'a drop of somebody else': [
    `table inet fw { set bad { type ipv4_addr; } chain f { type filter hook forward priority 0;
       ip saddr 192.168.0.0/16 drop; ip saddr @bad drop; tcp dport 25 drop; ip daddr { 10.244.9.0/24, 1.1.1.1 } drop
       ip daddr 10.250.0.0-10.250.0.9 drop; } }`,
    [],
  ],
  'a drop of a set of ranges that Pods are in': [
    `table inet fw { chain f { type filter hook forward priority 0; ip daddr { 10.244.0.0/16, 1.1.1.1 } drop; } }`,
    [/table inet fw, chain f/],
  ],
  'a drop before routing, of what comes by the uplink': [
    `table inet fw { chain raw { type filter hook prerouting priority -300;
       iifname "eth0" ip saddr 10.244.0.0/16 drop; } }`,
    [/table inet fw, chain raw/],
  ],
  'a table whose name is like ours': [`table ip netvet-other { chain f { ${dropAll} } }`, [/table ip netvet-other/]],
  'a drop in another hook': [`table inet fw { chain in { type filter hook input priority 0; policy drop; } }`, []],
  'a drop of what comes too fast': [
    `table inet fw { chain f { type filter hook forward priority 0; ct state new limit rate over 9/second drop; } }`,
    [],
  ],
  'a policy that drops what a set may let in': [
    `table inet fw { set pods { type ipv4_addr; } chain f { ${dropAll} ip saddr @pods accept; } }`,
    [],
  ],
  'a policy that drops what a map may let in': [
    `table inet fw { chain f { ${dropAll} ct state vmap { established : accept, new : accept }; } }`,
    [],
  ],
  'a chain that goes round': [
    `table inet fw { chain f { type filter hook forward priority 0; goto a; drop; } chain a { return; } }`,
    [],
  ],
  "kube-proxy's nftables mode": ['table ip kube-proxy { chain services { } }', [/kube-proxy .*table ip kube-proxy/]],
  "kube-proxy's iptables mode": ['table ip nat { chain KUBE-SERVICES { } }', [/kube-proxy .*chain KUBE-SERVICES/]],
};

test('what other programs leave in nftables is read as the kernel does it', async () => {
  await using lab = await createLab();
  for (const [what, [rules, said]] of Object.entries(cases)) {
    const { stderr } = await lab.run(['nft', '-f', '-'], {
      stdin: `flush ruleset\n${rules.replaceAll(/(?<=[;}] )\}/g, '\n}\n')}\n`,
    });
    assert.equal(stderr, '', what);
    const { drops, kubeProxy } = await findStrangers(lab.run, packets);
    const sentences = [...kubeProxy, ...drops];
    assert.equal(sentences.length, said.length, `${what}: ${sentences.join('; ')}`);
    for (const [index, pattern] of said.entries()) assert.match(sentences[index] as string, pattern, what);
  }
});
