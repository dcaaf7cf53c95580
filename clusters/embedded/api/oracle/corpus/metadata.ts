/** Names, labels, owners and the like, on ConfigMaps and others. */
import { collect } from './case.ts';
import { configMap, meta } from './make.ts';

const { cases, add } = collect();

for (const name of ['A', 'a.b', 'a_b', '-a', 'a-', 'a..b', 'x'.repeat(254), 'a b', 'ä'])
  add(`name "${name.slice(0, 20)}"`, configMap({ name }));
add('no name', configMap({}));
add('labels', configMap({ name: 'x', labels: { 'a/b/c': 'x' } }));
add('label values', configMap({ name: 'x', labels: { a: 'b c' } }));
add('annotations', configMap({ name: 'x', annotations: { 'a b': 'anything goes here' } }));
add('upper case annotations', configMap({ name: 'x', annotations: { 'Example.COM/A': 'x' } }));
add('too large annotations', configMap({ name: 'x', annotations: { a: 'x'.repeat(262145) } }));
add('owners', configMap({ name: 'x', ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: '', uid: '' }] }));
add(
  'two controllers',
  configMap({
    name: 'x',
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '1', controller: true },
      { apiVersion: 'v1', kind: 'Pod', name: 'b', uid: '2', controller: true },
    ],
  }),
);
add('finalizers', configMap({ name: 'x', finalizers: ['a b'] }));
add('keys', configMap(meta, { data: { 'a b': 'x', ok: 'y' } }));
add('a key twice', configMap(meta, { data: { a: 'x' }, binaryData: { a: 'eA==' } }));
add(
  'immutable',
  configMap(meta, { data: { a: 'x' }, immutable: true }),
  { body: { data: { a: 'y' } } },
  { body: { immutable: null } },
);
add('a number as data', configMap(meta, { data: { a: 1 } }));
add('empty maps', configMap({ name: 'x', labels: {}, annotations: {} }, { data: {} }));
add(
  'patches',
  configMap(meta, { data: { a: '1', b: '2' } }),
  { body: { data: { a: null, c: '3' } } },
  {
    type: 'json',
    body: [
      { op: 'add', path: '/data/d', value: '4' },
      { op: 'remove', path: '/data/b' },
    ],
  },
  { type: 'json', body: [{ op: 'remove', path: '/data/zz' }] },
  { type: 'json', body: [{ op: 'test', path: '/data/c', value: 'no' }] },
  { type: 'strategic', body: { data: { c: null }, metadata: { labels: { a: 'b' }, finalizers: ['x/y'] } } },
  { type: 'strategic', body: { metadata: { '$deleteFromPrimitiveList/finalizers': ['x/y'] } } },
);
add(
  'finalizers while going',
  configMap({ name: 'x', finalizers: ['a/b'] }),
  { method: 'DELETE' },
  { body: { metadata: { finalizers: ['a/b', 'c/d'] } } },
  { body: { metadata: { finalizers: null } } },
);
add(
  'a secret',
  { apiVersion: 'v1', kind: 'Secret', metadata: meta, stringData: { a: 'b' } },
  { body: { type: 'Other' } },
);
add(
  'a namespace',
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', labels: { a: 'b' } } },
  { body: { metadata: { labels: { 'kubernetes.io/metadata.name': 'y' } } } },
);
add('a namespace with dots', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a.b' } });

export { cases as metadata };
