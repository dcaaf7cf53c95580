/**
 * Random changes, one after the other, given to the kernel as updates. Each must be accepted as it is (a rebuild would
 * hide that it was not), and what is there in the end must be what a fresh load puts there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { aNode, anAttachment, anEndpoint, aPod, aPolicy, aService, aSlice, aSnapshot } from '../../model/fixtures.ts';
import {
  model,
  type NetworkPolicyObject,
  type PolicyPeerObject,
  type PolicyPortObject,
  type ServiceObject,
  type Snapshot,
} from '../../model/index.ts';
import type { Run } from '../run.ts';
import { createNft } from './index.ts';
import { createLab } from './lab/index.ts';
import { tableNames } from './render.ts';

const names = ['a', 'b', 'c', 'd'];
const label = fc.record({ app: fc.constantFrom('x', 'y') });
const podPart = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      last: fc.integer({ min: 1, max: 6 }),
      labels: label,
      here: fc.boolean(),
      port: fc.integer({ min: 80, max: 82 }),
      hostPort: fc.constantFrom(0, 8080, 8081),
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
      hostIP: fc.constantFrom('', '127.0.0.1', '192.168.0.1'),
    }),
    { selector: ({ name }) => name, maxLength: 4 },
  )
  .map(
    (pods): Partial<Snapshot> => ({
      pods: pods.map(({ name, last, labels, here, port }) =>
        aPod(`default/${name}`, {
          labels,
          ports: [{ name: 'web', containerPort: port }],
          ...(here ? {} : { ip: `10.244.2.${last}`, node: 'node2' }),
        }),
      ),
      attachments: pods
        .filter(({ here }) => here)
        .map(({ name, last, port, hostPort, protocol, hostIP }) =>
          anAttachment(`default/${name}`, `10.244.1.${last}`, {
            portMappings: [{ hostPort, containerPort: port, protocol, hostIP }],
          }),
        ),
    }),
  );

const servicePart = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      address: fc.integer({ min: 1, max: 5 }),
      type: fc.constantFrom('ClusterIP', 'NodePort'),
      local: fc.boolean(),
      inside: fc.boolean(),
      affinity: fc.constantFrom(0, 0, 7, 60),
      nodePort: fc.integer({ min: 30000, max: 30002 }),
      external: fc.constantFrom<string[]>([], ['203.0.113.1'], ['192.168.0.1']),
      protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
      endpoints: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
      node: fc.constantFrom('node1', 'node2'),
    }),
    { selector: ({ name }) => name, maxLength: 4 },
  )
  .map(
    (services): Partial<Snapshot> => ({
      services: services.map(
        ({ name, address, type, local, inside, affinity, nodePort, external, protocol }): ServiceObject => {
          const object = aService(`default/${name}`, `10.96.0.${address}`, {
            type,
            externalIPs: external,
            ports: [{ port: 80, nodePort, protocol }],
            externalTrafficPolicy: local ? 'Local' : 'Cluster',
            internalTrafficPolicy: inside ? 'Local' : 'Cluster',
            ...(affinity > 0 && {
              sessionAffinity: 'ClientIP',
              sessionAffinityConfig: { clientIP: { timeoutSeconds: affinity } },
            }),
          });
          return object;
        },
      ),
      endpointSlices: services.map(({ name, endpoints, node, protocol }) =>
        aSlice(
          `default/${name}`,
          endpoints.map((last) => anEndpoint(`10.244.1.${last}`, { node })),
          [{ port: 8080, protocol }],
        ),
      ),
    }),
  );

const peer: fc.Arbitrary<PolicyPeerObject> = fc.oneof(
  fc.constant({ podSelector: {} }),
  fc.record({ podSelector: fc.record({ matchLabels: label }) }),
  fc.record({
    ipBlock: fc.constantFrom<NonNullable<PolicyPeerObject['ipBlock']>>(
      { cidr: '10.0.0.0/8', except: ['10.244.1.0/30', '10.244.1.2/31'] },
      { cidr: '0.0.0.0/0' },
    ),
  }),
);
const port: fc.Arbitrary<PolicyPortObject> = fc.oneof(
  fc.record({ port: fc.constantFrom<number | string>(80, 81, 'web') }),
  fc.constant({ port: 80, endPort: 90 }),
  fc.record({ protocol: fc.constantFrom('UDP' as const, 'SCTP' as const) }),
);
const rule = fc.tuple(fc.array(peer, { maxLength: 2 }), fc.array(port, { maxLength: 3 }));
const policyPart = fc
  .array(
    fc.record({
      selector: fc.option(label),
      types: fc.subarray(['Ingress', 'Egress']),
      rules: fc.array(rule, { maxLength: 2 }),
    }),
    { maxLength: 3 },
  )
  .map(
    (policies): Partial<Snapshot> => ({
      networkPolicies: policies.map(
        ({ selector, types, rules }, i): NetworkPolicyObject =>
          aPolicy(`default/p${i}`, {
            podSelector: selector === null ? {} : { matchLabels: selector },
            policyTypes: types,
            ingress: rules.map(([from, ports]) => ({ from, ports })),
            egress: rules.map(([to, ports]) => ({ to, ports })),
          }),
      ),
    }),
  );
const nodePart = fc.subarray([2, 3, 4]).map(
  (others): Partial<Snapshot> => ({
    nodes: [1, ...others].map((n) => aNode(`node${n}`, `192.168.0.${n}`, `10.244.${n}.0/24`)),
    clusterCIDRs: others.length === 3 ? [] : ['10.244.0.0/16'],
  }),
);
const changes = fc.array(fc.oneof(podPart, servicePart, policyPart, nodePart), { minLength: 2, maxLength: 12 });

test('updates lead where a fresh load leads', { timeout: 120_000 }, async () => {
  await using incremental = await createLab();
  await using fresh = await createLab();
  await fc.assert(
    fc.asyncProperty(changes, async (steps) => {
      let clock = 0;
      const nft = createNft({ run: incremental.run, now: () => (clock += 700) });
      let snapshot = aSnapshot();
      await nft.apply(model(snapshot));
      for (const step of steps) {
        snapshot = { ...snapshot, ...step };
        const report = await nft.apply(model(snapshot));
        assert.deepEqual(report.problems, []);
        assert.notEqual(report.outcome, 'rebuilt');
      }
      await createNft({ run: fresh.run }).apply(model(snapshot));
      assert.deepEqual(await meaning(incremental.run), await meaning(fresh.run));
    }),
    { numRuns: 12, endOnFailure: true },
  );
});

// what a listing means

/** All tables, whatever the order of things and whichever ids they go by. */
async function meaning(run: Run): Promise<string[]> {
  const all: string[] = [];
  for (const table of tableNames) {
    const { stdout, stderr, exitCode } = await run(['nft', 'list', 'table', 'ip', table]);
    assert.equal(exitCode, 0, stderr);
    const blocks = stdout.matchAll(/^\t(map|set|chain) (\S+) \{\n(.*?)^\t\}/gms);
    const parts = Array.from(blocks, ([, kind = '', name = '', body = '']): Part => ({ kind, name, body }));
    const chains = parts.filter(({ kind, body }) => kind === 'chain' && !isResting(body));
    all.push(...chains.map(({ name, body }) => `${table} ${name} ${body}`));
    const sets = parts.filter(({ kind }) => kind !== 'chain');
    all.push(...(table === 'netvet-services' ? services(sets) : sets.map((set) => `${table} ${plain(set)}`)));
  }
  return all.toSorted();
}

interface Part {
  kind: string;
  name: string;
  body: string;
}

/** A chain that waits to be deleted. */
const isResting = (body: string) => body.replace(/comment ".*"/, '').trim() === '';
const definition = (body: string) => body.replace(/elements = \{.*?\}/s, '').trim();
const plain = ({ name, body }: Part) =>
  `${name} ${definition(body)} ${Array.from(elements(body), ([key, value]) => `${key} ${value}`)
    .toSorted()
    .join()}`;

/** Key -> value, or key -> '' of a set. */
function elements(body: string): Map<string, string> {
  const [, text = ''] = /elements = \{(.*?)\}/s.exec(body) ?? [];
  const pairs = text.split(',').map((element) => element.trim().split(' : '));
  return new Map(pairs.filter(([key]) => key !== '').map(([key = '', value = '']) => [key, value]));
}

/** Each frontend with all that is behind it, whichever ids lead there. */
function services(sets: Part[]): string[] {
  const map = (name: string) => elements(sets.find((set) => set.name === name)?.body ?? '');
  const [balancers, slots, targets] = [map('svc-balancers'), map('svc-slots'), map('svc-targets')];
  const behind = (id: string | undefined): string => {
    if (id === undefined) return 'none';
    const places = [...slots].filter(([key]) => key.startsWith(`${id} . `));
    const endpoints = places.map(([, endpoint]) => `${endpoint} ${targets.get(endpoint)}`).toSorted();
    const [pods, node] = [map('svc-for-pods').get(id), map('svc-for-node').get(id)].map(behind);
    return `${balancers.get(id)} [${endpoints.join()}] pods ${pods} node ${node}`;
  };
  const frontends = [...map('svc-frontends'), ...map('svc-nodeports')].map(([at, id]) => `${at} -> ${behind(id)}`);
  const byName = ['svc-clusterips', 'svc-others', 'svc-nodes', 'svc-hairpin'];
  const simple = sets.filter(({ name }) => byName.includes(name)).map(plain);
  const counts = `${slots.size} slots, ${targets.size} targets, ${balancers.size} balancers`;
  return [...frontends, ...simple, counts, ...sets.map(({ name, body }) => `${name} ${definition(body)}`)];
}
