import assert from 'node:assert/strict';
import { test } from 'node:test';
import { report } from './report.ts';

const row = { busy: 8, kernelMs: [10, 20], lastMs: [0, 15], holes: 0, asked: 500, stillMs: 4, missing: 0 };

test('a row has its figures, and nothing is said of one that is as it should be', () => {
  const lines = report([row]).split('\n');
  assert.equal(lines.length, 3);
  assert.deepEqual(lines[2]?.match(/\d+/g), ['8', '2', '20', '20', '20', '15', '15', '15', '0', '500', '4']);
});

test('what is late, let through or missing is said', () => {
  const text = report([
    { ...row, kernelMs: [10, 301] },
    { ...row, busy: 16, holes: 2, missing: 3 },
  ]);
  assert.match(text, /8 busy Pods: later than/);
  assert.match(text, /16 busy Pods: 2 connections were let through/);
  assert.match(text, /16 busy Pods: 3 changes are missing/);
});

test('nothing measured is no figure', () => assert.match(report([{ ...row, kernelMs: [], lastMs: [] }]), /- \|/));
