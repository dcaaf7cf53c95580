/**
 * The same requests to this server and to a real one (kube-apiserver v1.34.3, whose answers are kept in recorded.ndjson).
 * To record anew: ORACLE_URL=https://... ORACLE_TOKEN=... NODE_TLS_REJECT_UNAUTHORIZED=0 node --test oracle.test.ts
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { createStore, serveApi } from '../index.ts';
import { cases } from './corpus/index.ts';
import { play } from './play.ts';

/** Where this server differs, and why that is well so. */
const known: Record<string, string> = {
  'Service: types': 'who owns internalTrafficPolicy after a change to ExternalName and back',
  'DaemonSet: plain': 'nobody owns the annotation of the template generation',
  'EndpointSlice: type changed': 'lists that the real server shows as null are empty lists here',
  'Node: node': 'no admission taints new nodes, and an unset status stays unset',
  'ConfigMap: apply': 'an empty map that is applied is owned by nobody',
  'Deployment: applied from the start': 'required times that were not given are not shown as null',
};

const file = new URL('recorded.ndjson', import.meta.url);
const { ORACLE_URL: url, ORACLE_TOKEN: token } = process.env;
if (url) {
  const lines: string[] = [];
  for (const each of cases) {
    const answers = await play({ url, headers: { Authorization: `Bearer ${token}` } }, each);
    lines.push(JSON.stringify({ name: each.name, answers }));
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

interface Recorded {
  name: string;
  answers: { code: number }[];
}

const recorded = new Map(
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded)
    .map(({ name, answers }) => [name, answers]),
);

const store = createStore();
const apiService = { clusterIP: '10.96.0.1', ports: [{ port: 443 }] };
store.create({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default' },
  spec: apiService,
});
const server = await serveApi({ store, kubelets: () => undefined });
after(() => server.close());

const kinds = [...new Set(cases.map(({ kind }) => kind))];
for (const kind of kinds) {
  const ofKind = cases.filter((each) => each.kind === kind);
  test(`${kind}: ${ofKind.length} cases are answered as a real server answers them`, async (t) => {
    for (const each of ofKind) {
      const answers = (await play(server, each)) as { code: number }[];
      const real = recorded.get(each.name);
      const codes = (list: { code: number }[] | undefined) => list?.map(({ code }) => code);
      assert.deepEqual(codes(answers), codes(real), each.name);
      const why = known[each.name];
      if (why === undefined) assert.deepEqual(answers, real, each.name);
      else {
        assert.notDeepEqual(answers, real, `${each.name}: no longer different, take it off the list`);
        t.diagnostic(`${each.name} differs: ${why}`);
      }
    }
  });
}
