import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { junit } from './junit.ts';
import type { Run, Scenario } from './model.ts';
import { sample } from './testing/sample.ts';
import { hostile } from './testing/variants.ts';
import { parseXml, type XmlElement } from './testing/xml.ts';

const find = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);
const propertiesOf = (element: XmlElement) =>
  Object.fromEntries(
    find(find(element, 'properties')[0] as XmlElement, 'property').map(({ attributes }) => [
      attributes['name'],
      attributes['value'],
    ]),
  );
const numbers = (element: XmlElement) =>
  ['tests', 'failures', 'errors', 'skipped'].map((key) => Number(element.attributes[key]));

test('a suite per feature, with what ran and where, and counts that add up', () => {
  const root = parseXml(junit(sample()));
  const suites = find(root, 'testsuite');
  assert.equal(suites.length, 11);
  assert.deepEqual(numbers(root), [60, 3, 1, 4]);
  for (const i of [0, 1, 2, 3])
    assert.equal(
      suites.reduce((sum, suite) => sum + (numbers(suite)[i] as number), 0),
      numbers(root)[i],
    );
  const [suite] = suites as [XmlElement];
  assert.equal(suite.attributes['name'], 'pods: Pods reach Pods');
  const { cni, version, cluster, kernel, kubernetes } = propertiesOf(suite);
  assert.deepEqual(
    [cni, version, cluster, kernel, kubernetes],
    ['reference', '0.1.0', 'embedded', '6.12.48+deb13-amd64', 'v1.34.0'],
  );
});

test('each status has its element and its message; measurements are properties', () => {
  const cases = find(parseXml(junit(sample())), 'testsuite').flatMap((suite) => find(suite, 'testcase'));
  const named = (name: string) => cases.find(({ attributes }) => attributes['name'] === name) as XmlElement;
  const failed = named('a Pod that gets another label');
  assert.match(failed.children.at(-1)?.attributes['message'] ?? '', /^expected denied from shop\/web/);
  assert.equal(failed.children.at(-1)?.name, 'failure');
  assert.match(find(failed, 'failure')[0]?.text ?? '', /no longer reaches "db"\nexpected denied/);
  assert.equal(failed.attributes['file'], 'features/policies/change.feature');
  assert.ok(Number(failed.attributes['time']) > 0);
  assert.match(propertiesOf(failed)['measurement.convergence (ms)'] ?? '', /^\d+(\.\d+)?$/);
  const broken = named('a NodePort answers on every node');
  assert.match(find(broken, 'error')[0]?.attributes['message'] ?? '', /stopped answering/);
  assert.match(find(broken, 'error')[0]?.text ?? '', /\n {4}at Channel\.request/);
  assert.equal(
    find(named('a range of ports'), 'skipped')[0]?.attributes['message'],
    'the cluster does not know endPort (Kubernetes before 1.25)',
  );
  assert.match(
    find(named('an open connection stays where it is'), 'skipped')[0]?.attributes['message'] ?? '',
    /^observed, not judged: /,
  );
  assert.deepEqual(
    named('on the same node').children.map(({ name }) => name),
    ['properties'],
  );
});

test('what breaks outside of scenarios, and an interruption, are errors', () => {
  const run: Run = { ...sample({ mishaps: false }), interrupted: true, problems: ['AfterAll broke: left behind'] };
  const root = parseXml(junit(run));
  assert.deepEqual(numbers(root), [62, 0, 2, 2]);
  const messages = find(find(root, 'testsuite').at(-1) as XmlElement, 'testcase').map(
    (each) => find(each, 'error')[0]?.attributes['message'],
  );
  assert.deepEqual(messages, [
    'AfterAll broke: left behind',
    'the run was interrupted: scenarios that had not finished are missing',
  ]);
});

test('well-formed whatever the texts are', () => {
  const texts = fc.string({ unit: 'binary' });
  fc.assert(fc.property(texts, texts, (a, b) => void parseXml(junit(hostile(a, b)))));
});

test('xmllint agrees', (t) => {
  if (spawnSync('xmllint', ['--version']).error) return t.skip('xmllint is not installed');
  const nasty = '\u0000<![CDATA[ ]]> & "quotes" \'and\' \u001b[31m \ud800 \uffff </failure> --> \r\n\t';
  const runs: Run[] = [
    sample(),
    { ...sample(), problems: [nasty] },
    hostile(nasty, nasty),
    { ...sample(), scenarios: [] as Scenario[] },
  ];
  for (const run of runs) {
    const { status, stderr } = spawnSync('xmllint', ['--noout', '-'], { input: junit(run), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
});
