import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { equal } from '../json.ts';
import type { Field } from '../schema/schema.ts';
import { jsonPatch, mergePatch } from './json.ts';
import { strategicMergePatch } from './strategic.ts';

/** https://www.rfc-editor.org/rfc/rfc7386#appendix-A */
const rfc7386: [target: unknown, patch: unknown, result: unknown][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

test('merge patch: the examples of its standard', () => {
  for (const [target, patch, result] of rfc7386) assert.deepEqual(mergePatch(target, patch), result);
});

test('merge patch: applying it twice is applying it once, and the target stays', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const before = JSON.stringify(target);
      const once = mergePatch(target, patch);
      assert.ok(equal(mergePatch(once, patch), once));
      assert.equal(JSON.stringify(target), before);
    }),
  );
});

test('JSON patch: every operation, on maps and lists', () => {
  const target = { a: { b: 1 }, list: [1, 2, 3], 'x/y~z': 1 };
  const cases: [object, unknown][] = [
    [
      { op: 'add', path: '/a/c', value: 2 },
      { ...target, a: { b: 1, c: 2 } },
    ],
    [
      { op: 'add', path: '/list/1', value: 9 },
      { ...target, list: [1, 9, 2, 3] },
    ],
    [
      { op: 'add', path: '/list/-', value: 9 },
      { ...target, list: [1, 2, 3, 9] },
    ],
    [
      { op: 'remove', path: '/list/0' },
      { ...target, list: [2, 3] },
    ],
    [
      { op: 'replace', path: '/a', value: [] },
      { ...target, a: [] },
    ],
    [
      { op: 'replace', path: '/x~1y~0z', value: 2 },
      { ...target, 'x/y~z': 2 },
    ],
    [
      { op: 'copy', from: '/a', path: '/d' },
      { ...target, d: { b: 1 } },
    ],
    [
      { op: 'move', from: '/a/b', path: '/list/0' },
      { ...target, a: {}, list: [1, 1, 2, 3] },
    ],
    [{ op: 'test', path: '/list', value: [1, 2, 3] }, target],
    [{ op: 'replace', path: '', value: 'all' }, 'all'],
  ];
  for (const [operation, result] of cases) assert.deepEqual(jsonPatch(target, [operation]), result);
  const refused: unknown[] = [
    { op: 'remove', path: '/none' },
    { op: 'replace', path: '/none', value: 1 },
    { op: 'add', path: '/none/deep', value: 1 },
    { op: 'add', path: '/list/4', value: 1 },
    { op: 'remove', path: '/list/3' },
    { op: 'remove', path: '/list/-1' },
    { op: 'remove', path: '/list/01' },
    { op: 'test', path: '/a/b', value: 2 },
    { op: 'copy', from: '/none', path: '/d' },
    { op: 'flip', path: '/a' },
    { op: 'add', path: 'a', value: 1 },
    { op: 'add' },
    { op: 'replace', path: '/constructor/name', value: 1 },
  ];
  for (const operation of refused)
    assert.throws(() => jsonPatch(target, [operation]), { code: 422 }, JSON.stringify(operation));
  assert.throws(() => jsonPatch(target, {}), { code: 422 });
  assert.deepEqual(target.list, [1, 2, 3], 'the target stays');
});

const podSpec: Field = { kind: 'struct', type: 'core.PodSpec' };
const meta: Field = { kind: 'struct', type: 'meta.ObjectMeta' };
const spec = {
  containers: [
    { name: 'a', image: '1', env: [{ name: 'X', value: 'x' }], command: ['c', 'd'] },
    { name: 'b', image: '2' },
  ],
  nodeSelector: { k: 'v' },
  volumes: [{ name: 'v', emptyDir: {} }],
};

test('strategic merge patch: lists are merged by their keys, others are replaced', () => {
  const patch = { containers: [{ name: 'a', image: '3', env: [{ name: 'Y', value: 'y' }], command: ['e'] }] };
  const { containers } = strategicMergePatch(spec, patch, podSpec) as typeof spec;
  const [a, b] = containers;
  assert.deepEqual([a?.image, a?.command, b], ['3', ['e'], spec.containers[1]]);
  assert.deepEqual(new Set(a?.env?.map(({ name }) => name)), new Set(['X', 'Y']));
});

test('strategic merge patch: directives delete, replace, and keep', () => {
  const apply = (patch: object) => strategicMergePatch(spec, patch as Record<string, unknown>, podSpec) as typeof spec;
  assert.deepEqual(apply({ containers: [{ name: 'a', $patch: 'delete' }] }).containers, [spec.containers[1]]);
  assert.deepEqual(apply({ containers: [{ $patch: 'replace' }, { name: 'c' }] }).containers, [{ name: 'c' }]);
  assert.deepEqual(apply({ nodeSelector: { $patch: 'replace', z: '1' } }).nodeSelector, { z: '1' });
  assert.deepEqual(apply({ nodeSelector: null }), { containers: spec.containers, volumes: spec.volumes });
  assert.deepEqual(apply({ nodeSelector: { k: null } }).nodeSelector, {});
  const swapped = apply({ volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] });
  assert.deepEqual(swapped.volumes, [{ name: 'v', hostPath: { path: '/x' } }]);
  assert.throws(() => apply({ containers: [{ image: 'x' }] }), /does not contain declared merge key: name/);
  assert.throws(() => apply({ nodeSelector: { $patch: 'turn' } }), { code: 400 });
  // what is deleted where nothing was leaves nothing
  assert.deepEqual(apply({ tolerations: [{ key: 'a' }], affinity: { $patch: 'delete' } }), {
    ...spec,
    tolerations: [{ key: 'a' }],
  });
});

test('strategic merge patch: the order is that of the patch', () => {
  const order = {
    '$setElementOrder/containers': [{ name: 'new' }, { name: 'b' }, { name: 'a' }],
    containers: [{ name: 'new' }],
  };
  const names = ({ containers }: Record<string, unknown>) => (containers as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(names(strategicMergePatch(spec, order, podSpec)), ['new', 'b', 'a']);
  const only = { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] };
  assert.deepEqual(names(strategicMergePatch(spec, only, podSpec)), ['b', 'a']);
});

test('strategic merge patch: lists of values are sets', () => {
  const target = { finalizers: ['a/a', 'b/b'] };
  assert.deepEqual(
    new Set((strategicMergePatch(target, { finalizers: ['b/b', 'c/c'] }, meta) as typeof target).finalizers),
    new Set(['a/a', 'b/b', 'c/c']),
  );
  assert.deepEqual(strategicMergePatch(target, { '$deleteFromPrimitiveList/finalizers': ['a/a'] }, meta), {
    finalizers: ['b/b'],
  });
});
