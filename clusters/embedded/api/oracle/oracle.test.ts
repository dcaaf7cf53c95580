/**
 * The same requests to this server and to a real one (kube-apiserver v1.34.3): cases.ndjson holds them and its answers,
 * a case a line. A new case is a line with `name` and `steps`. To record the answers of all anew:
 * ORACLE_URL=https://... ORACLE_TOKEN=... NODE_TLS_REJECT_UNAUTHORIZED=0 node --test oracle.test.ts
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type { KubeObject } from '../../objects.ts';
import { createStore, serveApi } from '../index.ts';
import { resourceOfKind, rootOf } from '../resources.ts';

/** Where this server differs, and why that is well so. */
const known: Record<string, string> = {
  'Service: types': 'who owns internalTrafficPolicy after a change to ExternalName and back',
  'DaemonSet: plain': 'nobody owns the annotation of the template generation',
  'EndpointSlice: type changed': 'lists that the real server shows as null are empty lists here',
  'Node: node': 'no admission taints new nodes, and an unset status stays unset',
  'ConfigMap: apply': 'an empty map that is applied is owned by nobody',
  'Deployment: applied from the start': 'required times that were not given are not shown as null',
};

/** A request about the object of its case. */
interface Step {
  /** Default: POST for the first step, PATCH for the next ones. */
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET';
  /** Below the object's own path: `/status`, `?fieldManager=x`. */
  below?: string;
  /** Content type of a patch. Default: merge. */
  type?: keyof typeof patchTypes;
  /** Asks for the object as a table. */
  table?: boolean;
  body?: unknown;
}

/** Requests about one object, and what a real server answered to each. */
interface Case {
  /** Begins with the object's kind: `Pod: no containers`. */
  name: string;
  steps: Step[];
  answers: { code: number }[];
}

const kindOf = ({ name }: Case): string => name.split(':')[0] as string;

const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

function collectionOf(kind: string): string {
  const resource = resourceOfKind(kind);
  if (!resource) throw new Error(`no kind ${kind}`);
  return `/${rootOf(resource)}${resource.namespaced ? '/namespaces/default' : ''}/${resource.plural}`;
}

const volatile = ['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'time', 'description'];

/** Managers of one second come in any order. */
const byManager = (a: unknown, b: unknown): number => {
  const [left, right] = [a, b].map((each) => (each as { manager?: string } | null)?.manager);
  return left && right ? Number(left > right) - Number(left < right) : 0;
};

/** Copies what does not change from run to run. */
function stable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stable).toSorted(byManager);
  // what follows the message of an immutable Pod is a diff of the server's inner types
  if (typeof value === 'string') {
    return value
      .replace(/\n@@[^]*$/, '')
      .replaceAll(/ at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '')
      .replaceAll(/\(\S+ ago\)/g, '(some time ago)')
      .replace(/^\ds$/, 'now')
      .replace(/[\da-f]{8}-[\da-f-]{27}/, 'UUID');
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, each]) => !volatile.includes(name) && each !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, stable(each)]),
  );
}

/** Removes what the server drew by lot, when the request did not name it. */
function withoutChance(asked: string, answer: KubeObject): void {
  const spec = answer['spec'];
  if (answer.kind !== 'Service' || !spec) return;
  if (spec.clusterIP?.startsWith('10.96.') && !asked.includes(spec.clusterIP)) {
    spec.clusterIP = 'drawn';
    spec.clusterIPs = ['drawn'];
  }
  for (const port of spec.ports ?? [])
    if (port.nodePort && !asked.includes(String(port.nodePort))) port.nodePort = 'drawn';
  if (spec.healthCheckNodePort && !asked.includes(String(spec.healthCheckNodePort))) spec.healthCheckNodePort = 'drawn';
}

interface Server {
  url: string;
  headers?: Record<string, string>;
}

interface Request {
  method: string;
  path: string;
  type?: string;
  body?: unknown;
  table?: boolean | undefined;
}

async function ask({ url, headers }: Server, { method, path, type = 'application/json', body, table }: Request) {
  const accept = table ? { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } : {};
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, 'Content-Type': type, ...accept },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const said = response.headers.get('warning');
  const answer = (await response.json()) as KubeObject;
  // this server has no warnings of values
  return { code: response.status, body: answer, ...(said?.includes('unknown field') && { warnings: said }) };
}

/** What kubectl prints of a table. */
const tableOnly = ({ columnDefinitions, rows = [] }: KubeObject) => ({
  columnDefinitions,
  rows: (rows as { cells: unknown[]; conditions?: unknown }[]).map(({ cells, conditions }) => ({ cells, conditions })),
});

/** The answers to a case's steps, one by one. What it made is deleted afterwards. */
async function play(server: Server, asCase: Case): Promise<Case['answers']> {
  const { steps } = asCase;
  const kind = kindOf(asCase);
  const collection = collectionOf(kind);
  const answers: unknown[] = [];
  let name = 'x';
  for (const [index, step] of steps.entries()) {
    const { method = index === 0 ? 'POST' : 'PATCH', below = '', type = 'merge', body, table } = step;
    const path = method === 'POST' ? `${collection}?fieldManager=oracle` : `${collection}/${name}${below}`;
    const contentType = method === 'PATCH' ? { type: patchTypes[type] } : {};
    const answer = await ask(server, { method, path, ...contentType, body, table });
    if (index === 0 && answer.body.metadata?.name) name = answer.body.metadata.name;
    withoutChance(JSON.stringify(steps), answer.body);
    if (!steps.some((each) => each.table)) answers.push(stable(answer));
    else answers.push(stable({ code: answer.code, ...(table && tableOnly(answer.body)) }));
  }
  const path = `${collection}/${name}`;
  const left = await ask(server, { method: 'GET', path });
  if (left.code === 200) await remove(server, path, left.body);
  return answers as Case['answers'];
}

async function remove(server: Server, path: string, { kind, metadata, ...rest }: KubeObject): Promise<void> {
  const type = patchTypes.merge;
  if (metadata.finalizers) await ask(server, { method: 'PATCH', path, type, body: { metadata: { finalizers: null } } });
  await ask(server, { method: 'DELETE', path: `${path}?gracePeriodSeconds=0&propagationPolicy=Background` });
  if (kind !== 'Namespace') return;
  const body = { ...rest, kind, metadata: { name: metadata.name }, spec: { finalizers: [] } };
  await ask(server, { method: 'PUT', path: `${path}/finalize`, body });
}

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
