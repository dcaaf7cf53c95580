import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { createNames, type ScenarioName } from './names.ts';
import { cucumber } from './testing/cucumber.ts';
import { stepFile } from './testing/suite.ts';

const feature = `@core @policies
Feature: Default deny
  Background:
    Given it passes

  Scenario: Ingress is closed
    Given it passes
  Scenario: Ingress is closed!
    Given it passes
  @extended
  Scenario Outline: Port <port> over <protocol>
    Given it passes
    Examples:
      | port | protocol |
      | 80   | TCP      |
    @observed @slow
    Examples: also
      | port | protocol |
      | 53   | UDP      |
  Scenario Outline: A pod elsewhere
    Given it <ends>
    Examples:
      | ends   | where     |
      | passes | same node |
      | passes | other     |
  Rule: egress
    @extended
    Scenario: Überraschung → 网络
      Given it passes
    Scenario: 网络
      Given it passes
`;

const shop = `Feature: The shop
  Scenario: a visitor
    Given it passes
`;

function namesFrom(envelopes: Envelope[]): ScenarioName[] {
  const names = createNames();
  for (const envelope of envelopes) names.envelope(envelope);
  return envelopes.flatMap(({ testCase }) => (testCase ? [names.of(testCase.pickleId)] : []));
}

const files = { 'features/policies/deny.feature': feature, 'features/shop.feature': shop, 'steps/all.ts': stepFile };
let names: ScenarioName[];
before(async () => {
  names = namesFrom(await cucumber(files));
});

test('ids are the path and the name, told apart where names are alike', () => {
  assert.deepEqual(
    names.map(({ id }) => id),
    [
      'policies/deny/ingress-is-closed',
      'policies/deny/ingress-is-closed-2',
      'policies/deny/port-80-over-tcp',
      'policies/deny/port-53-over-udp',
      'policies/deny/a-pod-elsewhere-passes-same-node',
      'policies/deny/a-pod-elsewhere-passes-other',
      'policies/deny/u-berraschung',
      'policies/deny/scenario',
      'shop/a-visitor',
    ],
  );
});

test('ids do not depend on what else was selected', async () => {
  const some = namesFrom(await cucumber(files, { tags: '@extended' }));
  assert.ok(some.length > 0 && some.length < names.length);
  for (const name of some)
    assert.deepEqual(
      name,
      names.find(({ id }) => id === name.id),
    );
});

test('features, areas, names and places are as written', () => {
  const [first, , , , outlined] = names;
  assert.deepEqual(
    [first?.feature, first?.area, first?.source],
    ['Default deny', 'policies', 'features/policies/deny.feature:6'],
  );
  assert.equal(outlined?.name, 'A pod elsewhere (passes, same node)');
  assert.deepEqual([names.at(-1)?.feature, names.at(-1)?.area], ['The shop', 'shop']);
});

test('the tag nearest to the scenario decides its level', () => {
  const levels = Object.fromEntries(names.map(({ id, level }) => [id.split('/').at(-1), level]));
  assert.equal(levels['ingress-is-closed'], 'core');
  assert.equal(levels['port-80-over-tcp'], 'extended');
  assert.equal(levels['port-53-over-udp'], 'observed');
  assert.equal(levels['u-berraschung'], 'extended');
  assert.equal(levels['a-visitor'], 'core');
  assert.deepEqual(names[3]?.tags, ['@core', '@policies', '@extended', '@observed', '@slow']);
});

test('a pickle that nobody announced is an error', () => {
  assert.throws(() => createNames().of('x'), /no scenario was announced/);
});
