/** Maps that are changed in place must be what they would be if they were made anew, and must say what was changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { anEndpoint, aService, aSlice, aSnapshot } from '../../../model/fixtures.ts';
import type { ServiceObject, Snapshot } from '../../../model/index.ts';
import { services } from '../../../model/services/index.ts';
import type { TableState } from '../state.ts';
import { ServicesRenderer } from './services.ts';

const many = 16;
const number = fc.integer({ min: 0, max: many + 3 });
const endpoints = fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { maxLength: 6 });
const gone = fc.constantFrom(false, false, true);
/** What others have too. */
const address = fc.option(number, { freq: 1 });

const every = {
  number,
  gone,
  address,
  endpoints,
  external: fc.constantFrom<string[]>([], ['203.0.113.1'], ['10.96.0.3']),
  nodePort: fc.constantFrom(0, 30001),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
  port: fc.constantFrom(80, 81),
  affinity: fc.boolean(),
};
interface Change {
  number: number;
  gone: boolean;
  address: number | null;
  endpoints: number[];
  external: string[];
  nodePort: number;
  protocol: 'TCP' | 'UDP';
  port: number;
  affinity: boolean;
}
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    arbitrary: fc.record({ number, gone, address, endpoints, port: every.port }).map((some) => ({ ...plain, ...some })),
    weight: 4,
  },
  { arbitrary: fc.record(every), weight: 1 },
);

const plain: Change = {
  number: 0,
  gone: false,
  address: null,
  external: [],
  nodePort: 0,
  protocol: 'TCP',
  port: 80,
  affinity: false,
  endpoints: [1, 2],
};

function put({ services, slices }: World, one: Change): void {
  const { number, gone, address, external, nodePort, protocol, port, affinity, endpoints } = one;
  const id = `default/s${number}`;
  services.delete(id);
  slices.delete(id);
  if (gone) return;
  const more = {
    type: nodePort === 0 ? 'ClusterIP' : 'NodePort',
    externalIPs: external,
    ports: [{ port, nodePort, protocol }],
    ...(affinity && { sessionAffinity: 'ClientIP' as const }),
  };
  services.set(id, aService(id, `10.96.0.${(address ?? number) + 1}`, more));
  const ready = endpoints.map((last) => anEndpoint(`10.244.${number}.${last}`));
  slices.set(id, aSlice(id, ready, [{ port: 8080, protocol }]));
}

interface World {
  services: Map<string, ServiceObject>;
  slices: Map<string, Snapshot['endpointSlices'][number]>;
}

const elementsOf = ({ sets }: TableState) =>
  new Map(
    [...sets].map(([name, { elements }]) => [
      name,
      new Map([...elements.keys()].map((key) => [key, elements instanceof Map ? elements.get(key) : ''])),
    ]),
  );

let serial = 0;

/** Carries batches of changes out, compares after each, and gives how many maps were changed in place. */
function follow(batches: Change[][]): number {
  let inPlace = 0;
  const world: World = { services: new Map(), slices: new Map() };
  const node = `node-${(serial += 1)}`;
  for (let number = 0; number < many; number += 1) put(world, { ...plain, number });
  const [changing, anew] = [new ServicesRenderer(), new ServicesRenderer()];
  const render = () => {
    const { services: some, slices } = world;
    const state = services(aSnapshot({ node, services: [...some.values()], endpointSlices: [...slices.values()] }));
    // what stands around the Services is another each time
    const other = { ...state, localPods: [`10.244.${(serial += 1) & 255}.0/24`] };
    return [changing.render(state), anew.render(other)] as const;
  };
  let [{ table: last }] = render();
  for (const batch of batches) {
    const before = elementsOf(last);
    for (const one of batch) put(world, one);
    const [result, expected] = render();
    assert.deepEqual(elementsOf(result.table), elementsOf(expected.table));
    assert.deepEqual([...result.table.chains.keys()].toSorted(), [...expected.table.chains.keys()].toSorted());
    assert.deepEqual(result.flows, expected.flows);
    for (const [name, set] of result.table.sets) {
      if (set.changes === undefined || set === last.sets.get(name)) continue;
      inPlace += 1;
      assert.equal(set.changes.from, last.sets.get(name));
      const told = new Map(before.get(name));
      for (const [key, was] of set.changes.were) {
        assert.equal(told.get(key), was);
        const is = elementsOf(result.table).get(name)?.get(key);
        if (is === undefined) told.delete(key);
        else told.set(key, is);
      }
      assert.deepEqual(told, elementsOf(result.table).get(name));
    }
    last = result.table;
  }
  return inPlace;
}

test('a few changes lead where all Services anew lead, and are told one by one', () => {
  let inPlace = 0;
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 15 }), (batches) => {
      inPlace += follow(batches);
    }),
  );
  // tables made anew throughout would prove nothing
  assert.ok(inPlace > 100, `${inPlace} maps were changed in place`);
});

test('another endpoint, a new Service and one less are changes in place', () => {
  const gone = { ...plain, number: 5, gone: true };
  for (const one of [{ ...plain, number: 5, endpoints: [1, 3] }, { ...plain, number: many }, gone])
    assert.ok(follow([[one]]) > 0, JSON.stringify(one));
});

test('what two Services share is not taken from the one that stays', () => {
  const sharing = { ...plain, number: 5, address: 6, port: 81 };
  follow([[sharing], [{ ...plain, number: 6, gone: true }]]);
  follow([[sharing], [{ ...sharing, gone: true }]]);
  const together = [
    { ...plain, number: many, address: 30 },
    { ...plain, number: many + 1, address: 30, port: 81 },
  ];
  follow([together, [{ ...plain, number: many, gone: true }]]);
  const outside = { ...plain, number: 5, external: ['10.96.0.7'] };
  follow([[outside], [{ ...plain, number: 6, gone: true }], [{ ...outside, gone: true }]]);
  follow([[outside], [{ ...outside, gone: true }]]);
});

test('a number of endpoints that no Service has any more has no chain, and one that none had has', () => {
  follow([[{ ...plain, number: 5, endpoints: [1, 2, 3] }], [{ ...plain, number: 5 }]]);
  follow([[{ ...plain, number: 5, gone: true }], [{ ...plain, number: 5, endpoints: [] }]]);
});

test('connection tracking and affinity hear of every change that concerns them', () => {
  const udp = { ...plain, number: 5, protocol: 'UDP' as const };
  follow([[udp], [{ ...udp, endpoints: [2, 3] }], [{ ...udp, endpoints: [] }], [udp], [{ ...udp, gone: true }]]);
  const sticky = { ...plain, number: 5, affinity: true };
  follow([[sticky], [{ ...sticky, gone: true }], [{ ...sticky, number: 6, address: 5 }]]);
});
