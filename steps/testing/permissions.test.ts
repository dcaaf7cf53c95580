import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { pathOf } from '../kube/index.ts';
import { distributedPermissions, optionalPermissions, permissions, testRunPermission } from '../permissions.ts';

/** Every kind that the suite's code names. */
const kindsUsed = new Set(
  globSync(`${import.meta.dirname}/../**/*.ts`, { exclude: (name) => name.endsWith('.test.ts') }).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:kind: |objectOf\()'([A-Z][a-z]\w+)'/g)].map(
      ([, kind]) => kind as string,
    ),
  ),
);
const notRequested = new Set(['DeleteOptions']);

test('every kind that steps ask the API for is among the permissions', () => {
  assert.ok(kindsUsed.size >= 8, [...kindsUsed].join());
  for (const kind of kindsUsed) {
    if (notRequested.has(kind)) continue;
    const [, , group = ''] = pathOf({ kind }).startsWith('/apis/') ? pathOf({ kind }).split('/') : [];
    const plural = pathOf({ kind }).split('/').at(-1);
    const all = [...permissions, ...optionalPermissions, ...distributedPermissions, testRunPermission];
    const found = all.some((each) => each.group === group && each.resource === plural);
    assert.ok(found, `${kind} (${group || 'core'}/${plural})`);
  }
});

test('the ClusterRole in docs/existing-clusters.md grants exactly them', () => {
  const page = readFileSync(`${import.meta.dirname}/../../docs/existing-clusters.md`, 'utf8');
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const role = parse(yaml) as { rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[] };
  assert.deepEqual(
    role.rules,
    permissions.map(({ group, resource, verbs }) => ({ apiGroups: [group], resources: [resource], verbs })),
  );
});
