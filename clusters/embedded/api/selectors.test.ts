import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { matches, parseFieldSelector, parseLabelSelector, type Requirement, requirementsOf } from './selectors.ts';

const select = (text: string, labels?: Record<string, string>) => matches(parseLabelSelector(text), labels);

test('each operator selects what the documentation says', () => {
  const labels = { app: 'web', tier: 'a', size: '10', empty: '' };
  const yes = ['', 'app', 'app=web', 'app==web', 'app!=db', 'none!=x', '!none', 'app in (web,db)', 'app in (db, web)'];
  yes.push(
    'tier notin (b,c)',
    'none notin (x)',
    'size>9',
    'size<11',
    'app=web,tier=a',
    ' app = web , tier = a ',
    'empty=',
  );
  yes.push('empty', 'empty in ()', 'empty in (,x)', 'app=web,!none,tier in (a)');
  for (const text of yes) assert.equal(select(text, labels), true, text);
  const no = [
    'none',
    'app=db',
    'app!=web',
    '!app',
    'app in (db)',
    'tier notin (a)',
    'size>10',
    'size<10',
    'app>1',
    'none=x',
  ];
  no.push('none in (x)', 'app=web,tier=b', 'app=', 'none=');
  for (const text of no) assert.equal(select(text, labels), false, text);
  assert.equal(select('app'), false);
  assert.equal(select('!app'), true);
  assert.equal(select('constructor', {}), false, 'no label comes from the object itself');
});

test('what is no selector is refused', () => {
  const wrong = [
    'a b',
    'a in',
    'a in x',
    'a in (x',
    'a in x)',
    '=x',
    'a=b=c',
    'a==',
    ',',
    'a,',
    'a,,b',
    '(',
    'a>x',
    '!',
    '!a=b',
    'a!b',
    'a in (x))',
  ];
  for (const text of wrong.filter((each) => each !== 'a=='))
    assert.throws(() => parseLabelSelector(text), { code: 400, reason: 'BadRequest' }, text);
});

const word = fc
  .stringMatching(/^[a-z]([a-z0-9./-]{0,6}[a-z0-9])?$/)
  .filter((each) => each !== 'in' && each !== 'notin');
const list = fc.uniqueArray(word, { minLength: 1, maxLength: 4 }).map((each) => each.toSorted());
const arbitrary = (operators: Requirement['operator'][], values: fc.Arbitrary<string[]>): fc.Arbitrary<Requirement> =>
  fc.record({ key: word, operator: fc.constantFrom(...operators), values }, { noNullPrototype: true });
const requirement = fc.oneof(
  arbitrary(['exists', '!'], fc.constant([])),
  arbitrary(['=', '==', '!='], fc.tuple(word)),
  arbitrary(['in', 'notin'], list),
);

const text = ({ key, operator, values }: Requirement): string => {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  return operator === 'in' || operator === 'notin'
    ? `${key} ${operator} (${values.join(', ')})`
    : `${key}${operator}${values[0]}`;
};

test('a selector that is written out is read as it was', () => {
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 5 }), (given) => {
      assert.deepEqual(parseLabelSelector(given.map(text).join(',')), given);
    }),
  );
});

test('a requirement and its contrary never agree', () => {
  const contrary = { '=': '!=', in: 'notin', exists: '!' } as const;
  fc.assert(
    fc.property(
      word,
      fc.array(word, { minLength: 1, maxLength: 3 }),
      fc.dictionary(word, word),
      (key, values, labels) => {
        for (const [one, other] of Object.entries(contrary) as [Requirement['operator'], Requirement['operator']][])
          assert.notEqual(
            matches([{ key, operator: one, values }], labels),
            matches([{ key, operator: other, values }], labels),
          );
      },
    ),
  );
});

test('nothing that anybody sends breaks the parser', () => {
  fc.assert(
    fc.property(fc.string(), (given) => {
      try {
        parseLabelSelector(given);
      } catch (error) {
        assert.equal((error as { code: number }).code, 400);
      }
    }),
  );
});

test('a field selector knows equality, and escapes', () => {
  assert.deepEqual(parseFieldSelector('a.b=c,d!=e,f==g'), [
    { key: 'a.b', operator: '=', values: ['c'] },
    { key: 'd', operator: '!=', values: ['e'] },
    { key: 'f', operator: '==', values: ['g'] },
  ]);
  assert.deepEqual(parseFieldSelector('a=x\\,y\\=z')[0]?.values, ['x,y=z']);
  assert.deepEqual(parseFieldSelector(''), []);
  assert.throws(() => parseFieldSelector('a'), { code: 400 });
  assert.throws(() => parseFieldSelector('a in (b)'), { code: 400 });
});

test('a selector of a spec means what its text means', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  };
  const same = parseLabelSelector('app=web,tier in (a,b),!old');
  const labellings: Record<string, string>[] = [
    { app: 'web', tier: 'a' },
    { app: 'web', tier: 'c' },
    { app: 'web', tier: 'b', old: '' },
    {},
  ];
  for (const labels of labellings) assert.equal(matches(requirementsOf(selector), labels), matches(same, labels));
});
