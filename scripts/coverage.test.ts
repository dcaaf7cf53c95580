import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { before, test } from 'node:test';
import { allScenarios } from '../cli/suite.ts';
import type { ScenarioName } from '../report/index.ts';
import { page } from './coverage/page.ts';
import { mistakesIn, type Table, tables } from './coverage/tables.ts';

let scenarios: ScenarioName[];
let ids: Set<string>;
const written = readFileSync(resolve(import.meta.dirname, '../docs/coverage.md'), 'utf8');
before(async () => {
  scenarios = await allScenarios();
  ids = new Set(scenarios.map(({ id }) => id));
});

const areas = ['application', 'load', 'nodes', 'pods', 'policies', 'services'];
const inPage = (text: string): string[] =>
  [...text.matchAll(/`((?:[a-z0-9-]+)\/[a-z0-9-]+\/[a-z0-9-]+)`/g)]
    .map(([, id]) => id as string)
    .filter((id) => areas.includes(id.split('/')[0] as string));

test('every row says where its equivalent is, or why there is none, and names scenarios that exist', () => {
  assert.deepEqual(mistakesIn(tables(), ids), []);
});

test('every id in the page is a scenario, and every scenario is in the list from here to there', () => {
  const unknown = inPage(written).filter((id) => !ids.has(id));
  assert.deepEqual(unknown, []);
  const listed = inPage(written.slice(written.indexOf('## From here to there')));
  assert.deepEqual(listed.toSorted(), [...ids].toSorted());
});

test('the page is the one that the tables and the feature files make', () => {
  assert.ok(page(tables(), scenarios) === written, 'docs/coverage.md is out of date: node scripts/coverage.ts --write');
});

test('mistakes are found', () => {
  const rows = [
    { name: 'gone', here: ['policies/ports/gone'] },
    { name: 'silent' },
    { name: 'both', here: [...ids].slice(0, 1), not: 'a reason' },
    { name: 'silent', not: 'a reason' },
  ];
  const table: Table = { title: 'T', source: '', prefix: '', rows, upstream: true };
  assert.deepEqual(mistakesIn([table], ids), [
    'T: "gone" names the scenario policies/ports/gone, which does not exist',
    'T: "silent" needs either scenarios or a reason why there are none',
    'T: "both" needs either scenarios or a reason why there are none',
    'T: "silent" is there twice',
  ]);
});
