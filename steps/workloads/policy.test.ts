import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectorFrom } from './policy.ts';

test('a selector has one of four forms, and anything else is a mistake', () => {
  const expression = (key: string, operator: string, ...values: string[]) => ({
    matchExpressions: [{ key, operator, ...(values.length > 0 && { values }) }],
  });
  assert.deepEqual(selectorFrom('app=a'), { matchLabels: { app: 'a' } });
  assert.deepEqual(selectorFrom('app.kubernetes.io/name!=a-b'), expression('app.kubernetes.io/name', 'NotIn', 'a-b'));
  assert.deepEqual(selectorFrom('app in (a, b)'), expression('app', 'In', 'a', 'b'));
  assert.deepEqual(selectorFrom('!app'), expression('app', 'DoesNotExist'));
  for (const text of ['app', 'a/b', 'team!=sales, tier', '!app=x', 'app in a', 'app notin (a)', ''])
    assert.throws(() => selectorFrom(text), /is no label selector/, text);
});
