import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Probe } from '../kinds.ts';
import { type HandlerHost, runProbe } from './prober.ts';

/**
 * Runs a probe against a list of outcomes, the last of which repeats; gives what was told until `count` attempts have
 * been made.
 */
async function told(
  probe: Probe,
  outcomes: boolean[],
  count: number,
  initially = false,
  firstTakesMs = 0,
): Promise<{ events: string[]; times: number[] }> {
  const stop = new AbortController();
  const events: string[] = [];
  const times: number[] = [];
  const began = Date.now();
  const host: HandlerHost = {
    podIP: '10.0.0.1',
    exec: async () => ({ exitCode: 1, output: '' }),
    shim: {
      async dial() {
        times.push(Date.now() - began);
        const ok = outcomes[Math.min(times.length, outcomes.length) - 1] as boolean;
        if (times.length === 1) await delay(firstTakesMs);
        if (times.length >= count) setImmediate(() => stop.abort());
        return { ok, detail: ok ? '' : 'refused' };
      },
    },
  };
  await runProbe({
    probe: { tcpSocket: { port: 80 }, ...probe },
    container: { name: 'main', image: 'x' },
    host,
    signal: stop.signal,
    initially,
    failed: (detail) => events.push(`failed ${detail}`),
    changed: (ok) => events.push(ok ? 'good' : 'bad'),
  });
  return { events, times };
}

test('a probe that is awaited is tried quickly at first, and such attempts do not count as failures', async () => {
  const { events, times } = await told({ periodSeconds: 600 }, [false, false, false, true], 4);
  assert.deepEqual(events, ['good']);
  assert.ok((times.at(-1) as number) < 600_000, times.join(', '));
});

test('after the first period failures are told, and failureThreshold of them in a row change the outcome', async () => {
  const { events } = await told(
    { periodSeconds: 0.05, failureThreshold: 2 },
    [true, false, true, false, false, false],
    6,
  );
  assert.deepEqual(events, ['good', 'failed refused', 'failed refused', 'failed refused', 'bad', 'failed refused']);
});

test('successThreshold successes in a row are needed', async () => {
  const { events, times } = await told({ periodSeconds: 0.05, successThreshold: 3 }, [true], 4);
  assert.deepEqual(events, ['good']);
  assert.equal(times.length, 4);
});

test('a liveness probe begins good and keeps its period', async () => {
  const { events, times } = await told({ periodSeconds: 0.1, failureThreshold: 3 }, [true, false], 4, true);
  assert.deepEqual(events, ['failed refused', 'failed refused', 'failed refused', 'bad']);
  assert.ok((times[1] as number) >= 90, times.join(', '));
});

test('initialDelaySeconds passes before the first attempt', async () => {
  const { times } = await told({ initialDelaySeconds: 0.2, periodSeconds: 1 }, [true], 1);
  assert.ok((times[0] as number) >= 190, times.join(', '));
});

test('a startup probe that never succeeds is told as bad when its threshold is reached', async () => {
  const { events } = await told({ periodSeconds: 0.05, failureThreshold: 2 }, [false], 12);
  assert.equal(events.filter((event) => event === 'bad').length, 1);
});

test('attempts keep to the ticks of the period, also after one that took longer than that', async () => {
  // a busy machine may be late; ticks that began anew with an attempt would never be closer than a period
  let closest = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 20 && closest >= 900; tries += 1) {
    const { times } = await told({ periodSeconds: 1, timeoutSeconds: 2 }, [true], 3, true, 1500);
    const [, second = 0, third = 0] = times;
    assert.ok(second >= 1490, times.join(', '));
    closest = Math.min(closest, third - second);
  }
  assert.ok(closest < 900, `${closest} ms`);
});
