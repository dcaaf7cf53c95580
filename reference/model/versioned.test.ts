import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { VersionedSet } from './versioned.ts';

const some = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 });
const changes = fc.array(fc.record({ gone: some, come: some }), { maxLength: 8 });

test('each version stays what it was, and says what later ones have changed', () => {
  fc.assert(
    fc.property(some, changes, (first, steps) => {
      let plain = new Set(first);
      const versions = [VersionedSet.of(first)];
      const copies = [plain];
      for (const { gone, come } of steps) {
        plain = plain.difference(new Set(gone)).union(new Set(come));
        copies.push(plain);
        versions.push((versions.at(-1) as VersionedSet).next(gone, come));
      }
      for (const [i, version] of versions.entries()) {
        const copy = copies[i] as Set<string>;
        assert.deepEqual([...version.keys()].toSorted(), [...copy].toSorted());
        assert.equal(version.size, copy.size);
        for (const element of 'abcde') assert.equal(version.has(element), copy.has(element));
        for (const [j, earlier] of copies.slice(0, i + 1).entries()) {
          const changed = new Set(version.changedSince(versions[j] as VersionedSet));
          assert.ok(copy.symmetricDifference(earlier).isSubsetOf(changed));
        }
      }
    }),
  );
});

test('no change is the same version; only the newest is changed; another set is told apart', () => {
  const first = VersionedSet.of(['a']);
  assert.equal(first.next(['b'], ['a']), first);
  assert.equal(first.next(['a'], ['a']), first);
  const second = first.next(['a'], ['b']);
  assert.throws(() => first.next([], ['c']), /only the newest/);
  assert.deepEqual([...(second.changedSince(first) ?? [])], ['a', 'b']);
  assert.equal(first.changedSince(second), undefined);
  assert.equal(second.changedSince(new Set(['a'])), undefined);
});
