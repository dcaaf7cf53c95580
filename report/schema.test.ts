import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { collect } from './collect.ts';
import type { Run } from './model.ts';
import { cucumber } from './testing/cucumber.ts';
import { loadSample, sample } from './testing/sample.ts';
import { metadata, stepFile } from './testing/suite.ts';
import { repeatedSample } from './testing/variants.ts';

type Schema = { [key: string]: unknown };
const schema = JSON.parse(readFileSync(new URL('run.schema.json', import.meta.url), 'utf8')) as Schema;

function compile(from: Schema): ValidateFunction<Run> {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
  // RFC 3339 as Date.toISOString() writes it
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  return ajv.compile<Run>(from);
}

/** The same schema with every object closed: what we write ourselves is all described. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Schema = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closed(each)]));
  return copy['type'] === 'object' && copy['additionalProperties'] === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}

const validate = compile(schema);
const validateClosed = compile(closed(schema) as Schema);

function assertValid(run: Run): void {
  assert.ok(validateClosed(JSON.parse(JSON.stringify(run))), JSON.stringify(validateClosed.errors, undefined, 1));
}

const feature = `Feature: f
  Scenario: all of it
    Given the pair is allowed, expected allowed
    Given it measures
    Given the pair is rejected, expected denied
    Given a load runs
  Scenario: failed
    Given the assertion fails
  Scenario: skipped
    Given it is skipped
  Scenario: broken
    Given it never ends
  Scenario: nonsense
    Given it attaches nonsense
  Scenario: undefined
    Given nobody knows this
  @observed @after-breaks
  Scenario: observed
    Given it passes
`;

test('a repeated run with a budget is valid', () => assertValid(repeatedSample(4)));

test('real runs are valid, whole and at every point where they may be cut short', async () => {
  const envelopes = await cucumber({ 'features/a/f.feature': feature, 'steps/all.ts': stepFile }, { parallel: 2 });
  assertValid(collect(envelopes, metadata));
  for (let length = 0; length < envelopes.length; length += 7) {
    assertValid(collect(envelopes.slice(0, length), { ...metadata, interrupted: true }));
    assertValid(collect(envelopes.slice(0, length), metadata));
  }
});

test('the sample that reports are looked at with is valid', () => {
  assertValid(sample());
  assertValid(sample({ mishaps: false }));
  assertValid(loadSample());
});

test('what is not a run is refused', () => {
  const faults: [string, (run: Run) => unknown][] = [
    ['another schema', (run) => ({ ...run, schema: 'netvet/run/v2' })],
    ['an unknown status', (run) => ({ ...run, scenarios: [{ ...run.scenarios[0], status: 'flaky' }] })],
    [
      'a skip without a reason',
      (run) => ({ ...run, scenarios: [{ ...run.scenarios[0], status: 'skipped', reason: undefined }] }),
    ],
    ['a time that is none', (run) => ({ ...run, startedAt: 'yesterday' })],
    ['a count missing', (run) => ({ ...run, summary: { passed: 1 } })],
  ];
  for (const [fault, of] of faults) assert.equal(validate(JSON.parse(JSON.stringify(of(sample())))), false, fault);
});

test('properties that a later version adds do not trouble a reader of this one', () => {
  assert.ok(validate({ ...sample(), seed: 42 }));
  assert.equal(validateClosed({ ...sample(), seed: 42 }), false);
});
