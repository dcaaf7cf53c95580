import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anAttachment } from '../../model/fixtures.ts';
import type { Entry } from '../attachment/index.ts';
import { PodLinks } from './pod-links.ts';

const anEntry = (name: string, ip: string): Entry => ({
  format: 1,
  network: 'netvet',
  ...anAttachment(`default/${name}`, ip),
  hostInterface: `nv${name}`,
});
const [a, b] = [anEntry('a', '10.244.1.2'), anEntry('b', '10.244.1.3')];

function scene() {
  let now = 0;
  const told: string[] = [];
  const restored: string[] = [];
  const state = { lost: [] as Entry[], lists: 0, fails: false, passes: 0 };
  const links = new PodLinks({
    attachments: {
      list: () => [a, b],
      async lost() {
        state.lists += 1;
        return state.lost;
      },
      async restore({ hostInterface }) {
        if (state.fails) throw new Error('eth0 exists');
        restored.push(hostInterface);
      },
    },
    settings: () => [],
    pass: () => void (state.passes += 1),
    tell: (reason, message) => void told.push(`${reason}: ${message}`),
    log: () => {},
    now: () => now,
  });
  return { links, state, told, restored, at: (ms: number) => (now = ms) };
}

test('links are listed once, however many have gone, and one pass follows', async () => {
  const { links, state, restored } = scene();
  state.lost = [a, b];
  await links.look();
  assert.deepEqual([restored, state.lists, state.passes, links.repairs], [['nva', 'nvb'], 1, 1, 2]);
});

test('who goes on with it waits, and nobody else does', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { links, state, told, restored, at } = scene();
  state.lost = [a];
  for (let second = 0; second < 12; second += 2) {
    at(second * 1000);
    await links.look();
  }
  assert.equal(restored.length, 5);
  assert.match(told.join(), /^PodLinkLost: Pod default\/a loses its network link again and again/);
  state.lost = [a, b];
  await links.look();
  assert.deepEqual(restored.slice(5), ['nvb']);
  state.lost = [a];
  t.mock.timers.tick(1000);
  await links.look();
  assert.deepEqual(restored.slice(6), ['nva']);
});

test('what could not be made is tried again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { links, state, restored } = scene();
  Object.assign(state, { lost: [a], fails: true });
  await links.look();
  await links.look();
  assert.deepEqual([restored, state.passes, links.repairs], [[], 0, 0]);
  state.fails = false;
  t.mock.timers.tick(1000);
  await links.look();
  assert.deepEqual(restored, ['nva']);
});
