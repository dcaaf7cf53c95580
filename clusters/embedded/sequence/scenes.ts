/** What the life of Pods and Services consists of. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { isReady } from '../testing.ts';
import type { Scene } from './play.ts';

const labels = { app: 'web' };
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
};

/** Answers 200; after SIGTERM for half a second more. */
const server = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 500));
require('node:http').createServer((_, response) => response.end()).listen(8080);`;
/** Does not end by itself. */
const stubborn = `process.on('SIGTERM', () => {});
require('node:http').createServer((_, response) => response.end()).listen(8080);`;
/** Its first answers are good for some seconds, then there are bad ones, then good ones again. */
const fickle = `let asked = 0;
process.on('SIGTERM', () => process.exit(0));
require('node:http').createServer((_, response) => {
  asked += 1;
  response.writeHead(asked > 5 && asked < 10 ? 503 : 200).end();
}).listen(8080);`;
const afterSeconds = (seconds: number, exitCode: number) =>
  `setTimeout(() => process.exit(${exitCode}), ${seconds * 1000})`;

/** No scene waits for it, unless its Pod has another one. */
const longGrace = 60;
const probe = (initialDelaySeconds: number) => ({
  httpGet: { port: 8080 },
  periodSeconds: 1,
  failureThreshold: 1,
  // a late answer is an answer
  timeoutSeconds: 10,
  initialDelaySeconds,
});
const readinessProbe = probe(0);
const template = (source: string, container: object = {}, spec: object = {}) => ({
  terminationGracePeriodSeconds: longGrace,
  containers: [
    { name: 'main', image: 'node:24', imagePullPolicy: 'IfNotPresent', command: ['node', '-e', source], ...container },
  ],
  ...spec,
});
const pod = (spec: object): KubernetesObject & { spec: object } => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', labels },
  spec,
});
const minReadySeconds = 2;
const deployment = (version: string, replicas = 2, spec: object = template(server, { readinessProbe })) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    minReadySeconds,
    selector: { matchLabels: labels },
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels, annotations: { version, minReadySeconds: `${minReadySeconds}` } },
      spec,
    },
  },
});

type Objects = Parameters<Scene['over']>[0];

/** Those of all slices, or undefined while there is no slice. */
function endpoints(objects: Objects): { conditions: { ready: boolean } }[] | undefined {
  const slices = [...objects].filter(([key]) => key.startsWith('EndpointSlice '));
  return slices.length === 0 ? undefined : slices.flatMap(([, slice]) => slice.endpoints ?? []);
}
const serves = (objects: Objects) => endpoints(objects)?.some(({ conditions }) => conditions.ready) === true;
const emptied = (objects: Objects) => !objects.has('Pod a') && endpoints(objects)?.length === 0;
const podsOf = (objects: Objects) => [...objects].flatMap(([key, object]) => (key.startsWith('Pod ') ? [object] : []));
const twoServe = (objects: Objects, version: string) => {
  const pods = podsOf(objects);
  const fine = pods.filter((each) => isReady(each) && each.metadata.annotations?.version === version);
  return pods.length === 2 && fine.length === 2 && endpoints(objects)?.length === 2 && serves(objects);
};

/** One Pod behind a Service, from its creation to `end`. */
const life = (one: KubernetesObject, steps: Scene['steps'], over: Scene['over']): Scene => ({
  given: [service],
  steps: [{ when: (objects) => endpoints(objects) !== undefined, act: (api) => api.create(one) }, ...steps],
  over,
});
const deleted = (one: KubernetesObject, grace?: number): Scene =>
  life(one, [{ when: serves, act: (api) => api.remove(one, grace) }], emptied);
const plain = pod(template(server));
// not before the program can hear of its end
const listening = pod(template(server, { startupProbe: { ...probe(0), failureThreshold: 60 } }));
const slowToEnd = pod(template(stubborn, {}, { terminationGracePeriodSeconds: 8 }));
const probed = pod(template(server, { readinessProbe: probe(2) }));
const broken = pod(template(afterSeconds(2, 1)));
const short = pod(template(afterSeconds(2, 0), {}, { restartPolicy: 'Never' }));

/** Its Pods are not patient with a node that is lost; the second one is ready when the first one's grace has passed. */
const movable = {
  terminationGracePeriodSeconds: 6,
  tolerations: [
    { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', operator: 'Exists', tolerationSeconds: 5 },
  ],
};

/** On a cluster of their own: what they do to a node other Pods would see. */
export const nodeScenes: Record<string, Scene> = {
  'a node is lost and comes back': {
    given: [service, deployment('1', 1, template(server, { readinessProbe: probe(8) }, movable))],
    steps: [
      { when: serves, act: (api, objects) => api.freeze(objects.get('Pod web-1').spec.nodeName) },
      { when: (objects) => isReady(objects.get('Pod web-2')), act: (api) => api.thaw() },
    ],
    over: (objects) => !objects.has('Pod web-1') && endpoints(objects)?.length === 1,
  },
};

export const scenes: Record<string, Scene> = {
  'a Pod is deleted and ends in time': deleted(listening),
  'a Pod is deleted and does not end in time': deleted(slowToEnd),
  'a Pod with a readiness probe is deleted': deleted(probed),
  'a Pod is deleted by force': deleted(plain, 0),
  'a Pod is not ready for a while': life(
    pod(template(fickle, { readinessProbe })),
    [
      { when: serves, act: async () => {} },
      { when: (objects) => !serves(objects), act: async () => {} },
    ],
    (objects) => serves(objects) && isReady(objects.get('Pod a')),
  ),
  'a container ends and is started again, twice': life(
    broken,
    [],
    (objects) =>
      objects.get('Pod a')?.status.containerStatuses?.[0].restartCount === 2 && isReady(objects.get('Pod a')),
  ),
  'a Pod has done its work': life(short, [], (objects) => objects.get('Pod a')?.status.phase === 'Succeeded'),
  'a Deployment is updated': {
    given: [service, deployment('1')],
    steps: [{ when: (objects) => twoServe(objects, '1'), act: (api) => api.patch(deployment('2')) }],
    over: (objects) => twoServe(objects, '2'),
  },
  'a Service is deleted': {
    given: [service, plain],
    steps: [{ when: serves, act: (api) => api.remove(service) }],
    over: (objects) => !objects.has('Service web') && endpoints(objects) === undefined,
  },
};
