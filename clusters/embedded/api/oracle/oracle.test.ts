/**
 * The same requests to this server and to a real one (kube-apiserver v1.34.3): cases.ndjson holds them and its answers,
 * a case a line. A new case is a line with `name` and `steps`. To record the answers of all anew:
 * ORACLE_URL=https://... ORACLE_TOKEN=... NODE_TLS_REJECT_UNAUTHORIZED=0 node --test oracle.test.ts
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { createStore, serveApi } from '../index.ts';
import { type Case, kindOf, play } from './play.ts';

/** Where this server differs, and why that is well so. */
const known: Record<string, string> = {
  'Service: types': 'who owns internalTrafficPolicy after a change to ExternalName and back',
  'DaemonSet: plain': 'nobody owns the annotation of the template generation',
  'EndpointSlice: type changed': 'lists that the real server shows as null are empty lists here',
  'Node: node': 'no admission taints new nodes, and an unset status stays unset',
  'ConfigMap: apply': 'an empty map that is applied is owned by nobody',
  'Deployment: applied from the start': 'required times that were not given are not shown as null',
};

const file = new URL('cases.ndjson', import.meta.url);
const lines = readFileSync(file, 'utf8').trim().split('\n');
const cases = lines.map((line) => JSON.parse(line) as Case);
const { ORACLE_URL: url, ORACLE_TOKEN: token } = process.env;
if (url) {
  for (const each of cases) each.answers = await play({ url, headers: { Authorization: `Bearer ${token}` } }, each);
  writeFileSync(file, cases.map((each) => `${JSON.stringify(each)}\n`).join(''));
}

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

for (const kind of new Set(cases.map(kindOf))) {
  const ofKind = cases.filter((each) => kindOf(each) === kind);
  test(`${kind}: ${ofKind.length} cases are answered as a real server answers them`, async (t) => {
    for (const each of ofKind) {
      const answers = await play(server, each);
      const codes = (list: Case['answers']) => list.map(({ code }) => code);
      assert.deepEqual(codes(answers), codes(each.answers), each.name);
      const why = known[each.name];
      if (why === undefined) assert.deepEqual(answers, each.answers, each.name);
      else {
        assert.notDeepEqual(answers, each.answers, `${each.name}: no longer different, take it off the list`);
        t.diagnostic(`${each.name} differs: ${why}`);
      }
    }
  });
}
