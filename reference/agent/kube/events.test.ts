import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiStatusError } from './client.ts';
import { nodeEvents, serviceEvents } from './events.ts';

test('an event names the node as kubelets do, and the same is said once a minute', () => {
  const [written, logged]: [Record<string, unknown>[], string[]] = [[], []];
  let now = Date.UTC(2026, 0, 1);
  const post = async (path: string, object: object) => void written.push({ path, ...object });
  const tell = nodeEvents(
    { post },
    'node1',
    (message) => logged.push(message),
    () => now,
  );
  tell('NetworkRepaired', 'put back after 34 ms');
  tell('NetworkRepaired', 'put back after 56 ms');
  tell('ForeignRules', 'a table');
  tell('ForeignRules', 'another table');
  now += 60_000;
  tell('ForeignRules', 'a table');
  assert.deepEqual(
    written.map(({ reason, message }) => [reason, message].join(': ')),
    [
      'NetworkRepaired: put back after 34 ms',
      'ForeignRules: a table',
      'ForeignRules: another table',
      'ForeignRules: a table',
    ],
  );
  const [first] = written;
  assert.equal(first?.['path'], '/api/v1/namespaces/default/events');
  assert.deepEqual(first?.['involvedObject'], { apiVersion: 'v1', kind: 'Node', name: 'node1', uid: 'node1' });
  assert.deepEqual([first?.['type'], first?.['firstTimestamp']], ['Warning', '2026-01-01T00:00:00Z']);
  assert.deepEqual(logged, []);
});

test('what the API server refuses is in the log and harms nobody', async () => {
  const logged = Promise.withResolvers<string>();
  const post = () => Promise.reject(new Error('forbidden'));
  nodeEvents({ post }, 'node1', (message) => logged.resolve(message))('ForeignRules', 'a table');
  assert.match(await logged.promise, /an event could not be written/);
});

const thief = { namespace: 'office', name: 'thief', uid: 'uid-7' };

test('an event of a Service is in its namespace, and that of all agents is one', async () => {
  const written: Record<string, unknown>[] = [];
  const logged: string[] = [];
  for (const node of ['node1', 'node2']) {
    const post = async (path: string, object: object) => {
      written.push({ path, ...object });
      if (node === 'node2') throw new ApiStatusError(409, 'AlreadyExists');
    };
    const tell = serviceEvents({ post }, node, (message) => logged.push(message));
    assert.ok(tell(thief, 'ExternalIPRefused', 'not reached'));
  }
  const [first, second] = written;
  assert.equal(first?.['path'], '/api/v1/namespaces/office/events');
  assert.deepEqual(first?.['involvedObject'], { apiVersion: 'v1', kind: 'Service', ...thief });
  assert.deepEqual(first?.['metadata'], second?.['metadata']);
  assert.match(JSON.stringify(first?.['metadata']), /"name":"thief\.[0-9a-f]{12}","namespace":"office"/);
  // what the refused writes come to is seen in a later turn
  await new Promise(setImmediate);
  assert.deepEqual(logged, []);
});

test('a namespace is told ten things in ten minutes, and another one its own', () => {
  let now = 0;
  const post = async () => {};
  const tell = serviceEvents(
    { post },
    'node1',
    () => {},
    () => now,
  );
  const tells = (namespace: string, count: number) =>
    Array.from({ length: count }, (_, i) => tell({ ...thief, namespace }, 'ExternalIPRefused', `address ${i}`));
  assert.equal(tells('office', 12).filter(Boolean).length, 10);
  assert.equal(tells('shop', 1).filter(Boolean).length, 1);
  now += 600_000;
  assert.equal(tells('office', 12).filter(Boolean).length, 10);
});
