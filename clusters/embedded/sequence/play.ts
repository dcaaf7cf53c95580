/** Plays what happens to Pods and Services on any cluster, and notes in which order a watcher of the API sees it. */
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig, type KubernetesObject, KubernetesObjectApi, PatchStrategy, Watch } from '@kubernetes/client-node';
import { isReady } from '../testing.ts';

/** What a watcher saw of each object and endpoint: `Pod a` -> facts. What changed no fact is left out. */
export type Seen = Record<string, string[]>;

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
type Value = any;
type Objects = Map<string, Value>;

export interface Scene {
  /** What is there before. */
  given: KubernetesObject[];
  /** One step after the other: each begins once its condition holds. */
  steps: { when: (objects: Objects) => boolean; act: (api: Api, objects: Objects) => Promise<unknown> }[];
  over: (objects: Objects) => boolean;
}

/** The cluster that a scene is played on. */
export interface Ground {
  kubeconfig: string;
  /** Stops every process of a node. */
  freeze: (node: string) => Promise<void>;
  /** Lets them go on wherever they were stopped. */
  thaw: () => Promise<void>;
}

type Api = ReturnType<typeof apiIn>;

function apiIn(client: KubernetesObjectApi, namespace: string, { freeze, thaw }: Ground) {
  const within = ({ metadata, ...rest }: Value) => ({ ...rest, metadata: { ...metadata, namespace } });
  const merge = PatchStrategy.MergePatch;
  return {
    freeze,
    thaw,
    create: (object: KubernetesObject) => client.create(within(object)),
    remove: (object: KubernetesObject, grace?: number) => client.delete(within(object), undefined, undefined, grace),
    patch: (object: KubernetesObject) =>
      client.patch(within(object), undefined, undefined, undefined, undefined, merge),
  };
}

const sceneMs = 180_000;

/** Plays the scene in a new namespace, which goes then. Rejects with what was seen if it does not come to its end. */
export async function play(ground: Ground, namespace: string, scene: Scene): Promise<Seen> {
  const config = new KubeConfig();
  config.loadFromFile(ground.kubeconfig);
  const client = KubernetesObjectApi.makeApiClient(config);
  const api = apiIn(client, namespace, ground);
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await client.create(space);
  try {
    return await watched(config, namespace, async (objects, changed) => {
      for (const object of scene.given) await api.create(object);
      for (const { when, act } of [...scene.steps, { when: scene.over, act: async () => {} }]) {
        while (!when(objects)) await changed();
        await act(api, objects);
      }
    });
  } finally {
    await ground.thaw();
    await client.delete(space);
  }
}

/** Follows Pods, Services and EndpointSlices while `run` runs. */
async function watched(
  config: KubeConfig,
  namespace: string,
  run: (objects: Objects, changed: () => Promise<void>) => Promise<void>,
): Promise<Seen> {
  const objects: Objects = new Map();
  const seen: Seen = {};
  const names = new Map<string, string>();
  let wake = () => {};
  const over = new AbortController();
  const giveUp = (why: string) => over.abort(new Error(`${why}: ${JSON.stringify(seen, undefined, 1)}`));
  const changed = () =>
    new Promise<void>((resolve, reject) => {
      if (over.signal.aborted) return reject(over.signal.reason as Error);
      wake = resolve;
      over.signal.onabort = () => reject(over.signal.reason as Error);
    });
  const note = (key: string, facts: string) => {
    const course = (seen[key] ??= []);
    if (course.at(-1) !== facts) course.push(facts);
  };
  const handle = (type: string, object: Value) => {
    if (type === 'BOOKMARK') return;
    const key = keyOf(object, names);
    const before = objects.get(key);
    if (type === 'DELETED') objects.delete(key);
    else objects.set(key, object);
    note(key, type === 'DELETED' ? 'deleted' : object.kind === 'Pod' ? podFacts(object, objects) : 'there');
    if (object.kind === 'EndpointSlice') {
      const now = type === 'DELETED' ? new Map<string, string>() : endpointFacts(object, names);
      const gone = [...endpointFacts(before ?? {}, names).keys()].filter((name) => !now.has(name));
      for (const name of gone) note(`endpoint ${name} of ${key}`, 'gone');
      for (const [name, facts] of now) note(`endpoint ${name} of ${key}`, facts);
    }
    wake();
  };
  const paths = ['/api/v1 pods', '/api/v1 services', '/apis/discovery.k8s.io/v1 endpointslices'].map((path) =>
    path.replace(' ', `/namespaces/${namespace}/`),
  );
  const watch = new Watch(config);
  // 30 s if nothing is said: a watch that has nothing to tell for so long is over
  watch['requestTimeoutMs'] = sceneMs;
  const watches = await Promise.all(
    paths.map((path) => watch.watch(path, {}, handle, () => giveUp(`the watch of ${path} ended`))),
  );
  const timer = setTimeout(() => giveUp(`not over after ${sceneMs / 1000} s`), sceneMs);
  try {
    await run(objects, changed);
  } finally {
    clearTimeout(timer);
    for (const each of watches) each.abort();
  }
  return seen;
}

/** Names that the cluster draws become `web-1`, `web-2` in the order in which they show, for Pods and slices each. */
function aliasOf(kind: string, name: string, names: Map<string, string>): string {
  if (!/^web-./.test(name)) return name;
  const known = [...names.keys()].filter((key) => key.startsWith(`${kind} `)).length;
  const alias = names.get(`${kind} ${name}`) ?? `web-${known + 1}`;
  names.set(`${kind} ${name}`, alias);
  return alias;
}

const keyOf = ({ kind, metadata }: Value, names: Map<string, string>): string =>
  `${kind} ${aliasOf(kind, metadata.name, names)}`;

/** The conditions that hold, by Pod. */
const endpointFacts = ({ endpoints }: Value, names: Map<string, string>): Map<string, string> =>
  new Map(
    (endpoints ?? []).map(({ targetRef, conditions }: Value) => [
      aliasOf('Pod', targetRef.name, names),
      ['ready', 'serving', 'terminating'].filter((name) => conditions[name]).join(' ') || 'not ready',
    ]),
  );

const readySince = ({ status }: Value): string =>
  status?.conditions?.find(({ type }: Value) => type === 'Ready')?.lastTransitionTime;

/** The kubelet's wait before it starts a container for the third time. */
const backOffSeconds = 10;

/**
 * Which timers have passed between two times that the cluster itself has written. That holds on any machine: what waits
 * for a timer comes after it however slow a machine is, and timers that nothing waits for are long.
 */
function timersPassed(pod: Value, objects: Objects): [string, boolean][] {
  const { metadata, spec, status } = pod;
  // times in objects are cut to whole seconds
  const passed = (from: number, seconds: number, to: number) =>
    seconds > 0 && Number.isFinite(from) && to - from > (seconds - 1) * 1000;
  const { state, lastState } = status.containerStatuses?.[0] ?? {};
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = metadata;
  // with the kubelet's last word, which has no grace, it is the time of that
  const deleted = grace > 0 ? Date.parse(deletionTimestamp) - grace * 1000 : NaN;
  const [started, ended] = [Date.parse(state?.running?.startedAt), Date.parse(state?.terminated?.finishedAt)];
  const since = Date.parse(readySince(pod));
  const others = [...objects.values()].filter((each) => each !== pod && isReady(each));
  const readies = others.map((each) => Date.parse(readySince(each))).filter((at) => at < deleted);
  const minReadySeconds = Number(metadata.annotations?.minReadySeconds);
  const { initialDelaySeconds } = spec.containers[0].readinessProbe ?? {};
  const { tolerationSeconds } = spec.tolerations.find(({ key }: Value) => key.endsWith('unreachable'));
  return [
    ['after the initial delay', isReady(pod) && passed(started, initialDelaySeconds, since)],
    ['after the back-off', passed(Date.parse(lastState?.terminated?.finishedAt), backOffSeconds, started)],
    ['deleted after minReadySeconds', passed(Math.max(...readies), minReadySeconds, deleted)],
    ['deleted after the toleration', !isReady(pod) && passed(since, tolerationSeconds, deleted)],
    ['ended after the grace period', passed(deleted, spec.terminationGracePeriodSeconds, ended)],
  ];
}

function podFacts(pod: Value, objects: Objects): string {
  const { metadata, spec, status } = pod;
  const [container] = status.containerStatuses ?? [];
  // whether a program that is ended says that it failed is a matter of when the signal reached it
  const isOver = metadata.deletionTimestamp && ['Succeeded', 'Failed'].includes(status.phase);
  const facts: [string, unknown][] = [
    [isOver ? 'Succeeded or Failed' : status.phase, true],
    ['scheduled', spec.nodeName],
    ['has an address', status.podIP],
    ['ready', isReady(pod)],
    [`container ${Object.keys(container?.state ?? {})[0]}`, container],
    ['started again', container?.restartCount > 0],
    [`terminating within ${metadata.deletionGracePeriodSeconds} s`, metadata.deletionTimestamp],
    ...timersPassed(pod, objects),
  ];
  return facts.flatMap(([name, holds]) => (holds ? [name] : [])).join(', ');
}

/** What real clusters showed (sequence.e2e.ts says how it is recorded). */
export const file = new URL('seen.json', import.meta.url);

/** By scene and object, every course that was seen. */
export type Recorded = Record<string, Record<string, string[][]>>;

const isIn = (courses: string[][], course: string[]) => courses.some((each) => isDeepStrictEqual(each, course));

export function addTo(recorded: Recorded, scene: string, seen: Seen): void {
  const objects = (recorded[scene] ??= {});
  for (const [object, course] of Object.entries(seen)) {
    const courses = (objects[object] ??= []);
    if (!isIn(courses, course)) courses.push(course);
  }
}

/** Which objects took a course that no real cluster showed: `SCENE: OBJECT` -> the course, empty for one not seen. */
export function differences(recorded: Recorded, scene: string, seen: Seen): Map<string, string[]> {
  const real = recorded[scene] ?? {};
  const objects = new Set([...Object.keys(seen), ...Object.keys(real)]);
  const courses = [...objects].map((object) => [object, seen[object] ?? []] as const);
  const other = courses.filter(([object, course]) => !isIn(real[object] ?? [], course));
  return new Map(other.map(([object, course]) => [`${scene}: ${object}`, course]));
}
