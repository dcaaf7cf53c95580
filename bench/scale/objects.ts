/** A large cluster as the API server has it, object by object: each follows from its number. */
import type { Options } from './options.ts';

export type Size = Pick<Options, 'services' | 'policies'> & { pods: number };
type Labels = Record<string, string>;

/** Pods of the node that is measured; they are attached by the CNI plugin. */
export const localPods = 10;
/** Pods of this node that come and go while it is measured. */
export const guests = 4;
const teams = 50;
const apps = 5;
const podsPerNode = 100;
const policiesPerNamespace = 10;

/** Every Pod range is a part of it. */
export const clusterCidr = '10.64.0.0/10';
const range = (node: number) => `10.${64 + (node >> 8)}.${node & 255}`;
const ports = [{ name: 'web', containerPort: 8080, protocol: 'TCP' }];

export const namespacesOf = ({ policies }: Size) => Math.max(100, Math.ceil(policies / policiesPerNamespace));
const namespaceName = (number: number) => `ns-${number}`;
const teamOf = (namespace: number) => `t${namespace % teams}`;

/** Node 0 is the one that is measured. */
export const nodesOf = ({ pods }: Size) => 1 + Math.ceil(pods / podsPerNode);

export const node = (
  number: number,
  name = `node-${number}`,
  address = `172.18.${64 + (number >> 8)}.${number & 255}`,
) => ({
  metadata: { name, uid: `node-${number}`, labels: { 'kubernetes.io/hostname': name } },
  spec: { podCIDR: `${range(number)}.0/24`, podCIDRs: [`${range(number)}.0/24`] },
  status: { addresses: [{ type: 'InternalIP', address }] },
});

export const namespace = (number: number) => {
  const name = namespaceName(number);
  const labels = { 'kubernetes.io/metadata.name': name, team: teamOf(number) };
  return { metadata: { name, uid: `namespace-${number}`, labels } };
};

/** The ReplicaSet: ten Pods each elsewhere, and one of its own for each of this node's. */
const setOf = (number: number) => (number < localPods + guests ? number : Math.floor(number / 10));

/** As a Deployment's Pods are: with what the agent does not read, which is most of it. */
export function pod(number: number, size: Size, more: Labels = {}) {
  const place = { nodeName: 'node1', ip: undefined as string | undefined };
  if (number >= localPods + guests) {
    const on = 1 + Math.floor(number / podsPerNode);
    Object.assign(place, { nodeName: `node-${on}`, ip: `${range(on)}.${10 + (number % podsPerNode)}` });
  }
  const name = `app-${number}`;
  const set = setOf(number);
  const now = '2026-01-01T00:00:00Z';
  const image = 'registry.example/team/application:v1.2.3';
  const volumeMounts = [{ name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }];
  const env = Array.from({ length: 6 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-${i}` }));
  const condition = (type: string) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: now });
  const fields = Object.fromEntries(env.map(({ name }) => [`k:{"name":"${name}"}`, { '.': {}, 'f:value': {} }]));
  return {
    metadata: {
      name,
      namespace: namespaceName(set % namespacesOf(size)),
      uid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      creationTimestamp: now,
      labels: { app: `a${set % apps}`, 'pod-template-hash': String(set), ...more },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `app-${set}`, controller: true }],
      managedFields: ['kube-controller-manager', 'kubelet'].map((manager) => ({
        manager,
        operation: 'Update',
        apiVersion: 'v1',
        time: now,
        fieldsV1: { 'f:spec': { 'f:containers': fields } },
      })),
    },
    spec: {
      nodeName: place.nodeName,
      serviceAccountName: 'default',
      restartPolicy: 'Always',
      containers: [{ name: 'application', image, env, volumeMounts, ports, imagePullPolicy: 'IfNotPresent' }],
      tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
    },
    status: {
      phase: place.ip === undefined ? 'Pending' : 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
      ...(place.ip !== undefined && { podIP: place.ip, podIPs: [{ ip: place.ip }] }),
      containerStatuses: [{ name: 'application', image, ready: true, restartCount: 0, state: { running: {} } }],
    },
  };
}

/** Lets in Pods of a team and of the own namespace; the first of each namespace by a port's name. */
export function policy(number: number, size: Size) {
  const place = Math.floor(number / namespacesOf(size));
  const app = (one: number) => ({ matchLabels: { app: `a${one % apps}` } });
  const team = { namespaceSelector: { matchLabels: { team: teamOf(number) } }, podSelector: app(place) };
  const block = { ipBlock: { cidr: '172.16.0.0/12', except: ['172.18.0.0/24'] } };
  return {
    metadata: { name: `policy-${number}`, namespace: namespaceName(number % namespacesOf(size)), uid: `p-${number}` },
    spec: {
      podSelector: app(place),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [team, { podSelector: {} }, block], ports: [{ port: place === 0 ? 'web' : 8080 }] }],
      egress: [{ to: [team], ports: [{ port: place === 0 ? 'web' : 8080 }] }],
    },
  };
}

/** A Pod elsewhere that policies of this node's Pods let in, or one that none of them names. */
export function podFor(size: Size, isNamed: boolean): number {
  for (let number = size.pods - 1; number >= localPods + guests; number -= 1) {
    const home = setOf(number) % namespacesOf(size);
    // this node's Pods are of the first namespaces, each of another team, with the apps in the same order
    const isOfTheirs = home % teams < localPods;
    if (isNamed ? isOfTheirs : home % teams >= localPods + guests) return number;
  }
  throw new RangeError('too few Pods for this measurement');
}

export const service = (number: number) => ({
  metadata: { name: `service-${number}`, namespace: 'ns-0', uid: `service-${number}` },
  spec: {
    type: 'ClusterIP',
    clusterIP: `10.96.${number >> 8}.${number & 255}`,
    clusterIPs: [`10.96.${number >> 8}.${number & 255}`],
    ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
  },
});

export function slice(number: number, size: Size) {
  const endpoint = (place: number) => {
    const { spec, status } = pod(localPods + guests + ((2 * number + place) % (size.pods - localPods - guests)), size);
    return { addresses: [status.podIP], conditions: { ready: true }, nodeName: spec.nodeName };
  };
  const labels = { 'kubernetes.io/service-name': `service-${number}` };
  return {
    metadata: { name: `slice-${number}`, namespace: 'ns-0', uid: `slice-${number}`, labels },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
    endpoints: [endpoint(0), endpoint(1)],
  };
}
