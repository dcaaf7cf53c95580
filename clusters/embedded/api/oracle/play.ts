/** Plays cases against a server, and leaves out of its answers what differs from run to run. */
import type { KubeObject } from '../../objects.ts';
import { apiVersionOf, resourceOfKind } from '../resources.ts';

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
export interface Case {
  /** Begins with the object's kind: `Pod: no containers`. */
  name: string;
  steps: Step[];
  answers: { code: number }[];
}

export const kindOf = ({ name }: Case): string => name.split(':')[0] as string;

const patchTypes = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

function collectionOf(kind: string): string {
  const resource = resourceOfKind(kind);
  if (!resource) throw new Error(`no kind ${kind}`);
  const root = `/api${resource.group === '' ? '' : 's'}/${apiVersionOf(resource)}`;
  return `${root}${resource.namespaced ? '/namespaces/default' : ''}/${resource.plural}`;
}

const volatile = ['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'time', 'description'];

/** Managers of one second come in any order. */
const byManager = (a: unknown, b: unknown): number => {
  const [left, right] = [a, b].map((each) => (each as { manager?: string } | null)?.manager);
  return left && right && left < right ? -1 : left && right && left > right ? 1 : 0;
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

export interface Server {
  url: string;
  headers?: Record<string, string>;
}

const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io';

async function ask(
  { url, headers = {} }: Server,
  path: string,
  method: string,
  type: string,
  body: unknown,
  table = false,
) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, 'Content-Type': type, ...(table ? { Accept: asTable } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const said = response.headers.get('warning');
  // this server has no warnings of values
  const warnings = said?.includes('unknown field') ? said : undefined;
  return { code: response.status, body: JSON.parse(text) as KubeObject, ...(warnings ? { warnings } : {}) };
}

/** What kubectl prints of a table. */
const tableOnly = ({ columnDefinitions, rows }: KubeObject) => ({
  columnDefinitions,
  rows: ((rows ?? []) as { cells: unknown[]; conditions?: unknown }[]).map(({ cells, conditions }) => ({
    cells,
    conditions,
  })),
});

/** The answers to a case's steps, one by one. What it made is deleted afterwards. */
export async function play(server: Server, asCase: Case): Promise<Case['answers']> {
  const { steps } = asCase;
  const kind = kindOf(asCase);
  const collection = collectionOf(kind);
  const asked = JSON.stringify(steps);
  const answers: unknown[] = [];
  let name = 'x';
  for (const [index, { method, below = '', type = 'merge', body, table }] of steps.entries()) {
    const verb = method ?? (index === 0 ? 'POST' : 'PATCH');
    const path = verb === 'POST' ? `${collection}?fieldManager=oracle` : `${collection}/${name}${below}`;
    const contentType = verb === 'PATCH' ? patchTypes[type] : 'application/json';
    const { code, body: answer, warnings } = await ask(server, path, verb, contentType, body, table);
    if (index === 0 && answer.metadata?.name) name = answer.metadata.name;
    withoutChance(asked, answer);
    if (steps.some((each) => each.table)) answers.push(table ? stable({ code, ...tableOnly(answer) }) : { code });
    else answers.push(stable({ code, body: answer, ...(warnings ? { warnings } : {}) }));
  }
  const path = `${collection}/${name}`;
  const left = await ask(server, path, 'GET', 'application/json', undefined);
  if (left.code === 200) {
    if (left.body.metadata.finalizers)
      await ask(server, path, 'PATCH', patchTypes.merge, { metadata: { finalizers: null } });
    await ask(
      server,
      `${path}?gracePeriodSeconds=0&propagationPolicy=Background`,
      'DELETE',
      'application/json',
      undefined,
    );
    if (kind === 'Namespace')
      await ask(server, `${path}/finalize`, 'PUT', 'application/json', {
        ...left.body,
        metadata: { name },
        spec: { finalizers: [] },
      });
  }
  return answers as Case['answers'];
}
