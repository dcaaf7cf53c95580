/** What is made of a few changed Services must be what is made of all of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { anEndpoint, aService, aSlice, aSnapshot } from '../fixtures.ts';
import type { EndpointSliceObject, ServiceObject } from '../objects.ts';
import { entries } from './entries.ts';

const many = 16;
const number = fc.integer({ min: 0, max: many + 3 });
const change = fc.oneof(
  fc.record({
    what: fc.constant('endpoints' as const),
    number,
    last: fc.integer({ min: 1, max: 250 }),
    second: fc.boolean(),
  }),
  fc.record({ what: fc.constant('no endpoints' as const), number }),
  // addresses and node ports that others may have too
  fc.record({
    what: fc.constant('service' as const),
    number,
    address: number,
    external: fc.integer({ min: 0, max: 80 }),
    nodePort: fc.constantFrom(0, 30001, 30002),
  }),
  fc.record({ what: fc.constant('no service' as const), number }),
);

const id = (of: number) => `default/s${of}`;
const serviceAt = (of: number, address: number, nodePort: number, external = 80): ServiceObject =>
  aService(id(of), `10.96.0.${address + 1}`, {
    type: nodePort === 0 ? 'ClusterIP' : 'NodePort',
    // few have one, and some of these are others' ClusterIPs
    externalIPs: external > many ? [] : [`10.96.0.${external + 1}`],
    ports: [{ port: 80, nodePort }],
  });

test('a few changes lead where all Services anew lead', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 20 }), (batches) => {
      const node = `node-${(serial += 1)}`;
      const services = new Map<string, ServiceObject>();
      const slices = new Map<string, EndpointSliceObject>();
      for (let of = 0; of < many; of += 1) {
        services.set(id(of), serviceAt(of, of, 0));
        slices.set(id(of), aSlice(id(of), [anEndpoint(`10.244.1.${of + 1}`)]));
      }
      const snapshot = () =>
        aSnapshot({ node, services: [...services.values()], endpointSlices: [...slices.values()] });
      entries(snapshot());
      for (const batch of batches) {
        for (const one of batch) {
          const key = id(one.number);
          if (one.what === 'endpoints')
            slices.set(one.second ? `${key}-b` : key, aSlice(key, [anEndpoint(`10.244.2.${one.last}`)]));
          else if (one.what === 'no endpoints') slices.delete(key);
          else if (one.what === 'service') {
            services.set(key, serviceAt(one.number, one.address, one.nodePort, one.external));
          } else services.delete(key);
        }
        const now = snapshot();
        // all objects are others to it, so that nothing is remembered
        const fresh = entries({ ...structuredClone(now), node: `${node}-fresh-${(serial += 1)}` });
        assert.deepEqual(sorted(entries(now)), sorted(fresh));
        assert.equal(entries(now), entries(snapshot()), 'without a change it is the very same map');
      }
    }),
  );
});

let serial = 0;
const sorted = (map: Map<string, unknown>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
