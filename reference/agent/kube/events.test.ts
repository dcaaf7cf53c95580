import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeEvents } from './events.ts';

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
