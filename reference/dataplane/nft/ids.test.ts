import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Balancer } from '../../model/services/index.ts';
import { arrange, bits, Ids } from './ids.ts';

const balancer = (key: string, masquerade = false): Balancer => ({
  key,
  protocol: 'TCP',
  endpoints: [],
  draining: [],
  masquerade,
  whenEmpty: 'reject',
  forgetFlows: false,
});
const endpoint = (n: number) => ({ address: `10.0.${n >> 8}.${n & 255}`, port: 80 });

test('an endpoint has the same id in every run of the agent, and others in other Services', () => {
  assert.equal(new Ids().endpoint(balancer('a'), endpoint(1)), new Ids().endpoint(balancer('a'), endpoint(1)));
  const ids = new Ids();
  assert.notEqual(ids.endpoint(balancer('a'), endpoint(1)), ids.endpoint(balancer('b'), endpoint(1)));
});

test('ids say by their bits what they are', () => {
  const ids = new Ids();
  const plain = ids.endpoint(balancer('a'), endpoint(1));
  const masqueraded = ids.endpoint(balancer('a', true), endpoint(1));
  assert.equal(masqueraded - plain, bits.masquerade);
  for (const id of [plain, masqueraded]) assert.ok((id & bits.endpoint) !== 0 && id > 0 && id <= 0xffffffff);
  assert.equal(ids.balancer('a', false) & bits.endpoint, 0);
  assert.equal(ids.balancer('b', true) & bits.shortcut, bits.shortcut);
  assert.equal(ids.balancer('a', false), ids.balancer('a', false));
});

test('no two endpoints share an id, though hashes collide', () => {
  const ids = new Ids();
  const seen = new Set<number>();
  for (let i = 0; i < 100_000; i += 1) seen.add(ids.endpoint(balancer(`service-${i % 500}`), endpoint(i)));
  assert.equal(seen.size, 100_000);
});

test('forgetting keeps the ids that are in use', () => {
  const ids = new Ids();
  const kept = [ids.endpoint(balancer('a'), endpoint(1)), ids.endpoint(balancer('m', true), endpoint(1))];
  ids.endpoint(balancer('b'), endpoint(2));
  const balancerId = ids.balancer('a', false);
  ids.balancer('b', false);
  ids.forgetAllBut(new Set(['a']), new Set(kept));
  assert.equal(ids.size, 3);
  assert.equal(ids.balancer('a', false), balancerId);
});

test('arranging gives each id one place below n, and leaves whom it can where it is', () => {
  const list = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 8 });
  fc.assert(
    fc.property(list, list, (before, now) => {
      const places = arrange(before, now);
      assert.deepEqual(new Set(places), new Set(now));
      for (const [place, id] of before.entries()) {
        if (place < now.length && now.includes(id)) assert.equal(places[place], id);
      }
    }),
  );
});
