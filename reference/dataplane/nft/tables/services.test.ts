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
const change = fc.record({
  number: fc.integer({ min: 0, max: many + 3 }),
  gone: fc.constantFrom(false, false, false, true),
  /** Others may have it too. */
  address: fc.option(fc.integer({ min: 0, max: many + 3 })),
  external: fc.constantFrom<string[]>([], [], [], ['203.0.113.1'], ['10.96.0.3']),
  nodePort: fc.constantFrom(0, 0, 0, 30001),
  protocol: fc.constantFrom('TCP' as const, 'TCP' as const, 'UDP' as const),
  affinity: fc.constantFrom(false, false, false, true),
  endpoints: fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { maxLength: 3 }),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const plain: Change = {
  number: 0,
  gone: false,
  address: null,
  external: [],
  nodePort: 0,
  protocol: 'TCP',
  affinity: false,
  endpoints: [1, 2],
};

function put({ services, slices }: World, one: Change): void {
  const { number, gone, address, external, nodePort, protocol, affinity, endpoints } = one;
  const id = `default/s${number}`;
  services.delete(id);
  slices.delete(id);
  if (gone) return;
  const more = {
    type: nodePort === 0 ? 'ClusterIP' : 'NodePort',
    externalIPs: external,
    ports: [{ port: 80, nodePort, protocol }],
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
/** How many tables came from changes in place: a test of none of them would prove nothing. */
let inPlace = 0;

test('a few changes lead where all Services anew lead, and are told one by one', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 15 }), (batches) => {
      const world: World = { services: new Map(), slices: new Map() };
      const node = `node-${(serial += 1)}`;
      for (let number = 0; number < many; number += 1) put(world, { ...plain, number });
      const [changing, anew] = [new ServicesRenderer(), new ServicesRenderer()];
      const render = () => {
        const { services: some, slices } = world;
        const state = services(aSnapshot({ node, services: [...some.values()], endpointSlices: [...slices.values()] }));
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
        assert.equal(result.forgetAffinity, expected.forgetAffinity);
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
    }),
  );
  assert.ok(inPlace > 100, `${inPlace} maps were changed in place`);
});
