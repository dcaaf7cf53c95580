/** Changes of Pods reach the kernel as what they change, and with all of them it has what it would be loaded with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { aSnapshot } from '../../model/fixtures.ts';
import { PodIndex } from '../../model/pod-index.ts';
import { policies } from '../../model/policies/index.ts';
import { changes, World } from '../../model/testing/world.ts';
import { diff } from './diff.ts';
import { load, Script } from './script.ts';
import type { TableState } from './state.ts';
import { tableOf } from './state.ts';
import { policyTable } from './tables/policy.ts';

/** Sets and maps by name, as scripts have filled them. */
class Kernel {
  readonly sets = new Map<string, Map<string, string>>();

  take(script: Script): void {
    for (const line of [...script].join('').split('\n')) {
      const [, made, gone] = /^add (?:set|map) ip \S+ (\S+)|^delete set ip \S+ (\S+)/.exec(line) ?? [];
      if (made !== undefined) this.sets.set(made, this.sets.get(made) ?? new Map());
      if (gone !== undefined) this.sets.delete(gone);
      const [, verb, name = '', text = ''] = /^(add|delete) element ip \S+ (\S+) \{ (.*) \}$/.exec(line) ?? [];
      const set = this.sets.get(name);
      for (const element of verb === undefined ? [] : text.split(', ')) {
        const [key = '', value = ''] = element.split(' : ');
        assert.ok(set, `${name} is not there`);
        assert.equal(set.has(key), verb === 'delete', `the kernel would refuse or ignore: ${line}`);
        if (verb === 'add') set.set(key, value);
        else set.delete(key);
      }
    }
  }
}

function loaded(table: TableState): Kernel {
  const kernel = new Kernel();
  kernel.take(load(table, { keepLearned: false }));
  return kernel;
}

test('differences lead where a load leads', () => {
  fc.assert(
    fc.property(changes, (steps) => {
      const world = new World();
      const index = new PodIndex('node1', (namespace, name) => world.find(namespace, name));
      world.follow(index);
      const kernel = new Kernel();
      let before = tableOf('netvet-policy', {}, {});
      for (const step of steps) {
        world.change(step);
        if (step.isSilent) continue;
        index.attach(world.attachments);
        const table = policyTable(policies({ ...aSnapshot(world.snapshot()), index }));
        const change = { ahead: new Script(), main: new Script() };
        diff(before, table, new Map(), 0, change);
        for (const script of [change.ahead, change.main]) kernel.take(script);
        // a script is read while things change already
        assert.deepEqual(kernel.sets, loaded(table).sets);
        before = table;
      }
    }),
    { numRuns: 300 },
  );
});
