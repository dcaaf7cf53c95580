import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokenError } from '../outcome.ts';
import {
  type Arrival,
  type Attempt,
  createdOutcome,
  endpointOutcome,
  type SeenCreated,
  type SeenEndpoint,
} from './outcome.ts';

const clients = [
  { name: 'client-1', node: 'node-1' },
  { name: 'client-2', node: 'node-2' },
];

/** Attempts of both clients every 10 ms, each answered after 1 ms by whom `server` says, if anybody. */
function dialled(server: (at: number, client: number) => string | undefined, until: number) {
  const attempts: Attempt[] = [];
  const arrivals: (Arrival & { server: string })[] = [];
  for (let at = 0; at < until; at += 10) {
    for (const [i, client] of clients.entries()) {
      const [nonce, name] = [`${i}.${at}`, server(at, i)];
      attempts.push({ nonce, client, at, ...(name === undefined ? {} : { answer: { at: at + 1, server: name } }) });
      if (name !== undefined) arrivals.push({ nonce, client, at: at + 0.5, server: name });
    }
  }
  return { attempts, at: (name: string) => arrivals.filter((one) => one.server === name) };
}

const times = { clients, budgetMs: 300, precisionMs: 0.1, askedAt: 95, acceptedAt: 100 };

function created(from: number[], endedAt = 500): SeenCreated {
  const { attempts, at } = dialled((time, i) => (time >= (from[i] as number) ? 'server-1' : undefined), endedAt);
  return { ...times, name: 'web', attempts, arrivals: at('server-1'), servers: ['server-1', 'server-2'], endedAt };
}

test('a Service is there when the last node has had its first answer', () => {
  assert.deepEqual(createdOutcome(created([120, 150])), {
    times: { 'created, first answer from every node': 51 },
    gapMs: 10,
  });
});

test('a node that has had none within the budget is named', () => {
  const { problem } = createdOutcome(created([120, 420]));
  assert.equal(problem, 'web: no answer to client-2 on node-2 within 0.3 s');
});

test('an answer before the Service was there breaks the probe, and so does one that no server knows of', () => {
  assert.throws(() => createdOutcome(created([80, 120])), BrokenError);
  assert.throws(() => createdOutcome({ ...created([120, 120]), arrivals: [] }), BrokenError);
});

/** The guest is asked from 120 and 150 on until `lastAt`; the API accepts its removal at 200. Then 1 s follows. */
function endpoint(lastAt: number, change: Partial<SeenEndpoint> = {}, from = [120, 150]): SeenEndpoint {
  const endedAt = lastAt + 1_000;
  const isGuest = (at: number, i: number) => at >= (from[i] as number) && at + 0.5 <= lastAt;
  const { attempts, at } = dialled((time, i) => (isGuest(time, i) ? 'guest' : 'steady'), endedAt);
  const ends = { steady: 'steady', guest: 'guest', atSteady: at('steady'), atGuest: at('guest') };
  return { ...times, name: 'time 1', attempts, ...ends, removedAt: 200, lastAt, endedAt, ...change };
}

test('an endpoint: its first request, the first one of the last node, and its last one', () => {
  assert.deepEqual(endpointOutcome(endpoint(230.5)).times, {
    'added, first request on it': 20.5,
    'added, first request on it from every node': 50.5,
    'removed, last request on it': 30.5,
  });
});

test('an endpoint that is asked too early, too late, or again, is told', () => {
  const problemOf = (seen: SeenEndpoint) => endpointOutcome(seen).problem;
  assert.equal(problemOf(endpoint(230.5, {}, [60, 150])), 'time 1: requests before it was added');
  assert.equal(
    problemOf(endpoint(230.5, { budgetMs: 40 })),
    'time 1: added, and not found within 0.04 s from client-2 on node-2',
  );
  assert.equal(problemOf(endpoint(510.5)), 'time 1: removed, and still asked after 311 ms, beyond the budget');
  assert.equal(
    problemOf(endpoint(230.5, { lastAt: 210.5 })),
    'time 1: removed, and asked again 10 ms after what seemed the last request',
  );
});

test('silence proves nothing unless everybody went on asking, and was answered', () => {
  const { attempts, ...seen } = endpoint(230.5);
  const paused = attempts.filter(({ client, at }) => client !== clients[1] || at < 300 || at > 1_000);
  assert.equal(endpointOutcome({ ...seen, attempts: paused }).unknown, 'a client made no attempt for 720 ms');
  const unanswered = attempts.map(({ answer, ...one }) =>
    one.client === clients[1] && one.at > 230 ? one : { ...one, ...(answer && { answer }) },
  );
  assert.equal(
    endpointOutcome({ ...seen, attempts: unanswered }).problem,
    'time 1: removed, and no answer at all since then to client-2 on node-2',
  );
});
