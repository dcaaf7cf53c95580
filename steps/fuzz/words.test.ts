import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { Case, Place } from './place.ts';
import { clusterOf } from './place.ts';
import { place } from './testing.ts';
import { failureText } from './words.ts';

/** The place as a run makes it. */
const real = JSON.parse(JSON.stringify(place).replaceAll(/"(red|green|blue)"/g, '"netvet-$1"')) as Place;
const one: Case = {
  policies: [
    {
      namespace: 'netvet-red',
      name: 'generated-1',
      spec: {
        podSelector: {},
        ingress: [
          { from: [{ ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.1.8/32'] } }] },
          { from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'netvet-blue' } } }] },
        ],
      },
    },
  ],
  podLabels: place.pods.map((_, i): Record<string, string> => (i === 8 ? { app: 'a' } : {})),
  namespaceLabels: [{}, { team: 'sales' }, {}],
};
const podNamed = (name: string) => clusterOf(real, one).pods.find((pod) => pod.name === name);

function textOf(smallest: Parameters<typeof failureText>[2]['smallest']): string {
  const [from, to] = [podNamed('green-b'), podNamed('red-a')];
  const at = { port: 8080, protocol: 'TCP' as const };
  const cell = {
    from: { name: 'green-b' },
    to: { name: 'red-a', host: to?.ip, ...at, servers: [] },
    expected: 'denied',
  };
  const wrong = [
    { cell, connection: { from, to, ...at }, verdict: 'allowed', report: undefined },
  ] as unknown as Parameters<typeof failureText>[2]['wrong'];
  return failureText(real, place.namespaces, {
    command: 'netvet run --fuzz 1 --seed 7:1',
    total: 324,
    wrong,
    one,
    smallest,
  });
}

test('says which connection is wrong, which policy and rule should have decided it, and how to repeat it', () => {
  const text = textOf('a reason');
  const lines = text.split('\n');
  assert.equal(lines[0], '1 of 324 connections are not as the API documents say:');
  assert.equal(
    lines[1],
    '  green-b -> red-a:8080/TCP should be denied, and was allowed; red/generated-1 isolates red/red-a for ingress, ' +
      'and no rule allows it: red/generated-1 ingress[0] does not name green/green-b, ' +
      'red/generated-1 ingress[1] does not name green/green-b',
  );
  assert.match(text, /as it was drawn: a reason\.\nnetvet run --fuzz 1 --seed 7:1 repeats it/);
  assert.doesNotMatch(text, /netvet-/);
});

test('the YAML can be pasted: namespaces, the Pods that matter, policies, and whose addresses are in it', () => {
  const yaml = textOf('a reason').split('As YAML:\n')[1] as string;
  const objects = parseAllDocuments(yaml).map((document) => document.toJS());
  assert.deepEqual(
    objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    [
      'Namespace red',
      'Namespace green',
      'Namespace blue',
      'Pod red-a',
      'Pod green-b',
      'Pod blue-c',
      'NetworkPolicy generated-1',
    ],
  );
  assert.deepEqual(objects[1].metadata.labels, { team: 'sales' });
  assert.deepEqual(objects[3].spec.containers[0].ports, [{ name: 'first', protocol: 'TCP', containerPort: 8080 }]);
  assert.deepEqual(objects[6], {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'generated-1', namespace: 'red' },
    spec: JSON.parse(JSON.stringify(one.policies[0]?.spec).replace('netvet-blue', 'blue')),
  });
  assert.match(yaml, /# its address was 10\.244\.1\.8/);
});
