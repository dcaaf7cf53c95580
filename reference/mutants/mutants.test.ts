import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { createNft } from '../dataplane/nft/index.ts';
import { createLab } from '../dataplane/nft/lab/index.ts';
import {
  aNamespace,
  aNode,
  anAttachment,
  anEndpoint,
  aPod,
  aPolicy,
  aService,
  aSlice,
  aSnapshot,
} from '../model/fixtures.ts';
import { type Desired, type Mutant, model, type Snapshot } from '../model/index.ts';
import type { Elements } from '../model/versioned.ts';
import { faults, mutant } from './index.ts';

const app = (name: string) => ({ podSelector: { matchLabels: { app: name } } });
const team = (name: string) => ({ namespaceSelector: { matchLabels: { team: name } } });
const ingress = ['Ingress'];

/** A cluster in which each fault has something to spoil, and the same cluster after a busy minute. */
const before: Snapshot = aSnapshot({
  node: 'node1',
  nodes: [
    aNode('node1', '172.18.0.11', '10.244.1.0/24'),
    aNode('node2', '172.18.0.12', '10.244.2.0/24'),
    aNode('node3', '172.18.0.13', '10.244.3.0/24'),
  ],
  underlay: {
    mode: 'vxlan',
    links: [{ name: 'eth0', mtu: 1500, addresses: [{ address: '172.18.0.11', prefixLength: 24 }] }],
  },
  namespaces: [aNamespace('x', { team: 'x' }), aNamespace('y', { team: 'y' })],
  pods: [
    aPod('x/web', { labels: { app: 'web' }, ip: '10.244.1.2', ports: [{ name: 'http', containerPort: 80 }] }),
    aPod('x/new', { labels: { app: 'web' }, phase: 'Pending' }),
    aPod('x/job', { labels: { app: 'client' }, ip: '10.244.2.9', node: 'node2', phase: 'Succeeded' }),
    aPod('y/client', {
      labels: { app: 'client' },
      ip: '10.244.2.2',
      node: 'node2',
      ports: [{ name: 'http', containerPort: 81 }],
    }),
  ],
  attachments: [
    anAttachment('x/web', '10.244.1.2', {
      portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'TCP', hostIP: '127.0.0.1' }],
    }),
    anAttachment('x/new', '10.244.1.3'),
  ],
  networkPolicies: [
    aPolicy('x/a-all', { podSelector: {}, policyTypes: ingress }),
    aPolicy('x/b-block', {
      ...app('web'),
      policyTypes: ingress,
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
    }),
    aPolicy('x/c-peers', {
      ...app('web'),
      policyTypes: ingress,
      ingress: [
        {
          from: [{ ...team('y'), ...app('client') }, app('client')],
          ports: [{ port: 'http' }, { protocol: 'UDP', port: 53 }, { port: 90, endPort: 99 }],
        },
        {
          from: [
            { namespaceSelector: {} },
            { podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['none'] }] } },
          ],
        },
      ],
    }),
    aPolicy('x/d-out', { ...app('web'), policyTypes: ['Egress'] }),
  ],
  services: [
    aService('x/web', '10.96.0.1', {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      sessionAffinity: 'ClientIP',
      ports: [
        { name: 'a', port: 8000, nodePort: 30080 },
        { name: 'b', port: 8000, protocol: 'UDP' },
      ],
    }),
    aService('x/none', '10.96.0.2', {
      type: 'NodePort',
      externalIPs: ['10.96.0.1'],
      ports: [{ port: 80, nodePort: 30081 }],
    }),
  ],
  endpointSlices: [
    aSlice(
      'x/web',
      [
        anEndpoint('10.244.1.2', { node: 'node1' }),
        anEndpoint('10.244.2.2', { node: 'node2' }),
        anEndpoint('10.244.1.3', { ready: false }),
      ],
      [
        { name: 'a', port: 80 },
        { name: 'b', port: 80, protocol: 'UDP' },
      ],
    ),
  ],
});
/** Another program was there. */
const robbed: Snapshot = { ...before, lost: { tables: true, links: true } };
/** Of some kinds nothing is known yet. */
const early: Snapshot = { ...before, services: [], pods: [] };
const after: Snapshot = {
  ...before,
  namespaces: [aNamespace('x', { team: 'x' }), aNamespace('y', { team: 'z' })],
  pods: before.pods.map((pod) =>
    pod.metadata.name === 'client' ? { ...pod, metadata: { ...pod.metadata, labels: { app: 'other' } } } : pod,
  ),
  networkPolicies: [
    aPolicy('x/c-peers', {
      ...app('web'),
      policyTypes: ingress,
      ingress: [{ from: [team('y'), { namespaceSelector: {}, ...app('client') }] }],
    }),
  ],
  services: [...before.services.slice(0, 1), aService('x/heir', '10.96.0.2', { ports: [{ port: 80 }] })],
  endpointSlices: [
    aSlice(
      'x/web',
      [anEndpoint('10.244.2.2', { node: 'node2' })],
      [
        { name: 'a', port: 80 },
        { name: 'b', port: 80, protocol: 'UDP' },
      ],
    ),
  ],
};

/** With sets that can be compared and copied. */
function plain(desired: Desired) {
  const sets = (all: Map<string, Elements>) => new Map(Array.from(all, ([name, set]) => [name, new Set(set.keys())]));
  const { selectors, namedPorts } = desired.policies;
  return { ...desired, policies: { ...desired.policies, selectors: sets(selectors), namedPorts: sets(namedPorts) } };
}

for (const name of Object.keys(faults)) {
  test(`${name} spoils something, and leaves what it was given as it is`, () => {
    const changes = (spoil: Mutant) => (snapshot: Snapshot) => {
      const right = model(snapshot);
      const copy = structuredClone(plain(right));
      const wrong = spoil(right, snapshot);
      assert.deepEqual(plain(right), copy);
      return !isDeepStrictEqual(plain(wrong), copy);
    };
    const seen = faults[name]?.adversary === undefined ? [before, after, robbed] : [early, before];
    assert.ok(seen.map(changes(mutant(name))).includes(true));
  });
}

test('each fault says in a line what it is, and where it was seen', () => {
  for (const [name, { fault, link }] of Object.entries(faults)) {
    assert.match(name, /^[a-z]+(-[a-z]+)+$/);
    assert.match(fault, /^[^\n]{10,110}$/);
    assert.match(link, /^https:\/\//);
  }
});

test('no name is no fault, and an unknown one is refused with the list', () => {
  const right = model(before);
  for (const none of [undefined, '']) assert.equal(mutant(none)(right, before), right);
  assert.throws(() => mutant('toString'), /no mutant is called 'toString'; there are: .*policy-except-ignored/);
});

test('a mutant that remembers starts anew for each agent', () => {
  const first = mutant('policy-never-removed');
  first(model(before), before);
  assert.notDeepEqual(first(model(after), after), mutant('policy-never-removed')(model(after), after));
});

describe('with the kernel', () => {
  test('nft takes what every mutant makes', async () => {
    await using lab = await createLab();
    for (const name of Object.keys(faults)) {
      const nft = createNft({ run: lab.run });
      const spoil = mutant(name);
      for (const snapshot of [before, after, before]) {
        const { problems } = await nft.apply(spoil(model(snapshot), snapshot));
        assert.deepEqual(problems, [], name);
      }
    }
  });
});
