import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Pickle } from '@cucumber/messages';
import { firstPace, type Look, nextPace } from './controller.ts';
import { createMeter } from './measure.ts';
import { createPlaces, heaviestFirst, placesOf } from './places.ts';

const calm: Look = { late: 0.1, pressure: 1 };
const busy: Look = { late: 0.8, pressure: 1 };

/** The limits after each of these looks. */
function limits(looks: Look[], pace = firstPace(6), most = 6): number[] {
  return looks.map((look) => {
    pace = nextPace(pace, look, most);
    return pace.limit;
  });
}
const times = (count: number, look: Look): Look[] => Array.from({ length: count }, () => look);

describe('how many run at once', () => {
  it('begins with two, rises fast until something holds it, then one by one, and stays at the most', () => {
    assert.equal(firstPace(6).limit, 2);
    assert.deepEqual(limits(times(3, calm)), [4, 6, 6]);
    assert.deepEqual(limits([busy, ...times(6, calm)]), [1, 2, 3, 4, 5, 6, 6]);
    assert.deepEqual(limits(times(3, calm), firstPace(1), 1), [1, 1, 1]);
  });

  it('falls by a third, again only when what ran has had time to end, and never below one', () => {
    const full = { limit: 6, busy: false, rest: 0 };
    assert.deepEqual(limits(times(7, busy), full), [4, 4, 4, 4, 4, 4, 2]);
    assert.equal(limits(times(40, busy), full).at(-1), 1);
    assert.deepEqual(limits([...times(40, busy), ...times(5, calm)], full).slice(-5), [2, 3, 4, 5, 6]);
  });

  it('falls when an observer stood still, however calm this thread is', () => {
    assert.deepEqual(limits([{ ...calm, stoodStill: true }], { limit: 6, busy: false, rest: 0 }), [4]);
  });

  it('stays as it is between calm and busy, unless the processors have room', () => {
    const between = { late: 0.5 };
    assert.deepEqual(limits([{ ...between, pressure: 0.95 }]), [2]);
    assert.deepEqual(limits([between]), [2], 'pressure that cannot be read is no room');
    assert.deepEqual(limits([{ ...between, pressure: 0.3 }]), [4]);
  });

  it("is the machine's doing from a fall until all may run again, and never where there is but one", () => {
    let pace = { limit: 6, busy: false, rest: 0 };
    const seen = [busy, calm, calm, calm].map((look) => {
      pace = nextPace(pace, look, 6);
      return `${pace.limit}${pace.busy ? ' busy' : ''}`;
    });
    assert.deepEqual(seen, ['4 busy', '5 busy', '6', '6']);
    assert.equal(nextPace(firstPace(1), busy, 1).busy, false);
    assert.equal(nextPace(firstPace(6), calm, 6).busy, false, 'on its way up nothing holds it');
    assert.equal(nextPace(firstPace(6), busy, 6).busy, true);
  });
});

const pickle = (...steps: string[]) => ({ tags: [], steps: steps.map((text) => ({ text })) }) as unknown as Pickle;
const light = pickle('Given a policy', 'And a Deployment "web" of 2 Pods');
const thirty = pickle('When 30 Pods are created at once');
const ten = pickle('When 10 Pods come to the node and go', 'And 2 Pods stay');

describe('places', () => {
  it('are one for a scenario, and one more for each ten Pods that it starts at once', () => {
    assert.deepEqual([light, ten, thirty, pickle('When 50 Pods start')].map(placesOf), [1, 2, 4, 6]);
  });

  it('are counted against the limit, but what is alone always fits', () => {
    const fits: ReturnType<typeof createPlaces> = (...asked) => createPlaces()(...asked);
    assert.ok(fits(thirty, [], 1));
    assert.ok(!fits(light, [thirty], 4));
    assert.ok(fits(light, [thirty], 5));
    assert.ok(!fits(thirty, [light], 4));
  });

  it('are kept for one that waits for several, until it has them or nothing runs', () => {
    const fits = createPlaces();
    assert.ok(!fits(thirty, [light, light], 5));
    assert.ok(!fits(light, [light, light], 5), 'a lighter one would fit, and is kept back');
    assert.ok(!fits(light, [light], 5));
    assert.ok(fits(light, [], 5), 'a run goes on whatever waits');
    assert.ok(fits(thirty, [light], 5));
    assert.ok(fits(light, [thirty], 5), 'nothing waits any more');
    assert.ok(!fits(light, [light], 1));
    assert.ok(fits(ten, [light], 3), 'one place is not waited for');
  });

  it("put the shops' rows and the heaviest first, and leave the others in their order", () => {
    const shop: Pickle = { ...light, tags: [{ name: '@application', astNodeId: '1' }] };
    const names = { a: light, b: ten, c: pickle('x'), d: thirty, e: shop };
    const planned = Object.entries(names).map(([name, each]) => ({ name, pickle: each }));
    assert.deepEqual(
      heaviestFirst(planned).map(({ name }) => name),
      ['e', 'd', 'b', 'a', 'c'],
    );
  });
});

describe('the meter', () => {
  it('sees a thread that stood still, and forgets it with the next look', async () => {
    const meter = createMeter();
    const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await passed(50);
    meter.look();
    const until = performance.now() + 400;
    while (performance.now() < until);
    await passed(20);
    const { late, pressure = 0 } = meter.look();
    assert.ok(late > 0.8, String(late));
    assert.ok(pressure >= 0 && pressure <= 1.5, String(pressure));
    meter.stop();
  });
});
