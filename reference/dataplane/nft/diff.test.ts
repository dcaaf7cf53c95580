import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diff, type RetiredChains } from './diff.ts';
import { load, Script } from './script.ts';
import type { SetState, TableState } from './state.ts';
import { comment } from './text.ts';

function table(more: Partial<TableState> = {}): TableState {
  return { name: 't', sets: new Map(), chains: new Map(), learned: new Map(), ...more };
}
const addresses = (...elements: string[]): SetState => ({
  kind: 'set',
  definition: 'type ipv4_addr;',
  elements: new Set(elements),
});
const verdicts = (elements: Record<string, string>): SetState => ({
  kind: 'map',
  definition: 'type ipv4_addr : verdict;',
  elements: new Map(Object.entries(elements)),
});
const linesOf = (script: Script) => Array.from(script, (line) => line.trimEnd());
function lines(before: TableState, after: TableState, retired: RetiredChains = new Map(), now = 0): string[] {
  const change = { ahead: new Script(), main: new Script() };
  diff(before, after, retired, now, change);
  const [ahead, main] = [linesOf(change.ahead), linesOf(change.main)];
  return ahead.length > 0 && main.length > 0 ? [...ahead, 'then', ...main] : [...ahead, ...main];
}

test('nothing changed, nothing to do', () => {
  const same = () =>
    table({ sets: new Map([['s', addresses('1.1.1.1')]]), chains: new Map([['c', { rules: ['drop'] }]]) });
  assert.deepEqual(lines(same(), same()), []);
});

test('what is new is declared before it is named', () => {
  const after = table({
    sets: new Map([['pods', verdicts({ '1.1.1.1': 'jump c' })]]),
    chains: new Map([
      ['b', { hook: 'type filter hook forward priority 0;', rules: ['ip saddr vmap @pods', 'jump c'] }],
      ['c', { rules: ['drop'] }],
    ]),
  });
  assert.deepEqual(lines(table(), after), [
    'add map ip t pods { type ipv4_addr : verdict; }',
    'add chain ip t b { type filter hook forward priority 0; }',
    'add chain ip t c',
    'add rule ip t b ip saddr vmap @pods',
    'add rule ip t b jump c',
    'add rule ip t c drop',
    'add element ip t pods { 1.1.1.1 : jump c }',
  ]);
});

test('a chain comes, with the new sets that it names, before anything leads to it', () => {
  const before = table({
    sets: new Map([['pods', verdicts({ '1.1.1.1': 'jump a' })]]),
    chains: new Map([['a', { rules: ['drop'] }]]),
  });
  const after = table({
    sets: new Map([
      ['pods', verdicts({ '1.1.1.1': 'jump b' })],
      ['s', addresses('2.2.2.2')],
    ]),
    chains: new Map([['b', { rules: ['ip saddr @s return', 'drop'] }]]),
  });
  assert.deepEqual(lines(before, after), [
    'add set ip t s { type ipv4_addr; }',
    'add chain ip t b',
    'add rule ip t b ip saddr @s return',
    'add rule ip t b drop',
    'add element ip t s { 2.2.2.2 }',
    'then',
    'delete element ip t pods { 1.1.1.1 }',
    'add element ip t pods { 1.1.1.1 : jump b }',
    'flush chain ip t a',
  ]);
});

test('elements go and come; a changed value is both', () => {
  const before = table({
    sets: new Map([['m', verdicts({ '1.1.1.1': 'drop', '1.1.1.2': 'drop', '1.1.1.3': 'drop' })]]),
  });
  const after = table({
    sets: new Map([['m', verdicts({ '1.1.1.1': 'drop', '1.1.1.2': 'accept', '1.1.1.4': 'drop' })]]),
  });
  assert.deepEqual(lines(before, after), [
    'delete element ip t m { 1.1.1.2, 1.1.1.3 }',
    'add element ip t m { 1.1.1.2 : accept, 1.1.1.4 : drop }',
  ]);
});

test('a chain whose rules change is written anew in place', () => {
  const before = table({ chains: new Map([['c', { rules: ['accept'] }]]) });
  const after = table({ chains: new Map([['c', { rules: ['drop'] }]]) });
  assert.deepEqual(lines(before, after), ['flush chain ip t c', 'add rule ip t c drop']);
});

test('a chain nobody needs is emptied at once and deleted a second later; what it named goes at once', () => {
  const before = table({
    sets: new Map([['s', addresses('1.1.1.1')]]),
    chains: new Map([['c', { rules: ['ip saddr @s drop'] }]]),
  });
  const retired: RetiredChains = new Map();
  assert.deepEqual(lines(before, table(), retired, 0), ['flush chain ip t c', 'delete set ip t s']);
  assert.deepEqual(lines(table(), table(), retired, 999), []);
  assert.deepEqual(lines(table(), table(), retired, 1000), ['delete chain ip t c']);
  assert.deepEqual(lines(table(), table(), retired, 5000), []);
});

test('a chain that is needed again while it rests is filled again', () => {
  const full = table({ chains: new Map([['c', { rules: ['drop'] }]]) });
  const retired: RetiredChains = new Map();
  lines(full, table(), retired, 0);
  assert.deepEqual(lines(table(), full, retired, 10), ['add chain ip t c', 'add rule ip t c drop']);
  assert.deepEqual(lines(full, full, retired, 5000), []);
});

test('many elements are several statements', () => {
  const many = addresses(...Array.from({ length: 600 }, (_, i) => `10.0.${i >> 8}.${i & 255}`));
  const main = new Script();
  const [few, all] = [addresses(), many].map((set) => table({ sets: new Map([['s', set]]) })) as [
    TableState,
    TableState,
  ];
  diff(few, all, new Map(), 0, { ahead: new Script(), main });
  assert.deepEqual([[...main].length, main.operations], [3, 600]);
});

test('loading replaces a table, or keeps what packets taught it', () => {
  const learned = new Map<string, SetState>([
    ['l', { ...verdicts({}), definition: 'type ipv4_addr : mark; flags timeout;' }],
  ]);
  const one = table({
    sets: new Map([['s', addresses('1.1.1.1')]]),
    chains: new Map([['c', { rules: ['drop'] }]]),
    learned,
  });
  assert.deepEqual(linesOf(load(one, { keepLearned: false })), [
    'add table ip t',
    'delete table ip t',
    'add table ip t',
    'add set ip t s { type ipv4_addr; }',
    'add map ip t l { type ipv4_addr : mark; flags timeout; }',
    'add chain ip t c',
    'add rule ip t c drop',
    'add element ip t s { 1.1.1.1 }',
  ]);
  assert.deepEqual(linesOf(load(one, { keepLearned: true })).slice(0, 5), [
    'add table ip t',
    'flush table ip t',
    'add set ip t s { type ipv4_addr; }',
    'flush set ip t s',
    'add map ip t l { type ipv4_addr : mark; flags timeout; }',
  ]);
});

test('a comment cannot end early, whoever chose its words', () => {
  assert.equal(comment('a/b "; drop\n#${x}'), 'comment "a/b ?? drop????x?"');
  assert.ok(comment('x'.repeat(500)).length < 140);
});
