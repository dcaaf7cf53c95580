import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mistakesIn, nodeNames } from './names.ts';

it('calls nodes as kind does', () => {
  assert.deepEqual(nodeNames('dev', 1), ['dev-control-plane']);
  assert.deepEqual(nodeNames('dev', 4), ['dev-control-plane', 'dev-worker', 'dev-worker2', 'dev-worker3']);
});

it('takes names that may be part of a host name, and says every mistake at once', () => {
  for (const name of ['a', 'dev', 'run-20261126', '0x']) assert.deepEqual(mistakesIn({ name, nodes: 3 }), []);
  for (const name of ['', 'Dev', '-a', 'a-', 'a_b', 'a/b', '../x', 'a\n', 'x'.repeat(33)]) {
    assert.equal(mistakesIn({ name, nodes: 3 }).length, 1, name);
  }
  for (const nodes of [0, 21, 1.5, Number.NaN]) assert.equal(mistakesIn({ name: 'a', nodes }).length, 1);
  assert.equal(mistakesIn({ name: 'A', nodes: 0 }).length, 2);
});
