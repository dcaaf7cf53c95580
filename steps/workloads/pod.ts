import type { KubeObject } from '../kube/index.ts';
import type { Dial, Listener } from '../probe/index.ts';
import { cpuShare } from './cpu-share.ts';

export interface AgentPod {
  /** Ports of the Pod that the agent serves. */
  listeners: Listener[];
  labels?: Record<string, string>;
  /** Binds it to this node. Absent: the scheduler chooses. */
  node?: string;
  hostNetwork?: boolean;
  /** Names for TCP ports, as containerPort names: {query: 8081}. */
  namedPorts?: Record<string, number>;
  /** The same for UDP. */
  namedUdpPorts?: Record<string, number>;
  /** TCP ports at the node's address: {8080: 31080} publishes 8080 there as 31080. */
  hostPorts?: Record<number, number>;
  /** The only address of the node at which its host ports are served. Absent: all. */
  hostIP?: string;
  /** Dialling from the process's first line on. */
  dial?: Dial;
  /** Ready only while the agent says so (`ready`), seen by a readiness probe. */
  readiness?: boolean;
  /** Milliseconds between SIGTERM and exit. */
  lingerMs?: number;
  /** Default: Always. */
  restartPolicy?: 'Never';
  /** Found as HOSTNAME.SUBDOMAIN.NAMESPACE.svc where a headless Service is called SUBDOMAIN. */
  hostname?: string;
  subdomain?: string;
  /** More containers in the same Pod, sharing its network. */
  sidecars?: { name: string; listeners: Listener[] }[];
}

/** Name of the ConfigMap with the agent, in every namespace that the suite makes. */
export const agentConfigMap = 'netvet-agent';

/** Ports that a test Pod serves unless told otherwise. */
export const usualListeners: Listener[] = [
  { protocol: 'TCP', port: 8080 },
  { protocol: 'TCP', port: 8081 },
  { protocol: 'TCP', port: 8082 },
  { protocol: 'UDP', port: 8080 },
];

/**
 * Node takes 30 ms to its first line, in which a late policy may arrive. A shell sends datagrams within one or two, as the
 * first process of the container, and then becomes the agent. What is asked meanwhile is left to that one. /dev/udp is bash's own, and where there is no bash it is left out.
 */
function earlyBird({ prefix, targets }: Dial): string {
  const udp = targets.filter(({ protocol }) => protocol === 'UDP');
  const sends = udp.map(({ host, port }, i) => `echo "netvet ${prefix}.early${i}.$n " >/dev/udp/${host}/${port}`);
  const burst = sends.length === 0 ? ':' : `for ((n = 0; n < 200; n++)); do ${sends.join('; ')}; done`;
  return `command -v bash >/dev/null && bash -c '${burst}' </dev/null 2>/dev/null; exec node /netvet/agent.mjs`;
}

function container(
  name: string,
  image: string,
  pod: AgentPod,
  listeners: Listener[],
  agentName: string | undefined,
): object {
  const env = [
    // a Pod of a Deployment has its name as its host name
    ...(agentName === undefined ? [] : [{ name: 'NETVET_NAME', value: agentName }]),
    { name: 'NETVET_LISTEN', value: JSON.stringify(listeners) },
    ...(pod.dial === undefined ? [] : [{ name: 'NETVET_DIAL', value: JSON.stringify(pod.dial) }]),
    ...(pod.lingerMs === undefined ? [] : [{ name: 'NETVET_LINGER_MS', value: String(pod.lingerMs) }]),
  ];
  const names = {
    TCP: Object.entries(pod.namedPorts ?? {}),
    UDP: Object.entries(pod.namedUdpPorts ?? {}),
  };
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: pod.dial === undefined ? ['node', '/netvet/agent.mjs'] : ['sh', '-c', earlyBird(pod.dial)],
    // how it is asked; open for one channel after the other
    stdin: true,
    env,
    ports: listeners.map(({ protocol, port }) => {
      const named = names[protocol].find(([, number]) => number === port)?.[0];
      const hostPort = protocol === 'TCP' ? pod.hostPorts?.[port] : undefined;
      return {
        containerPort: port,
        protocol,
        ...(named === undefined ? {} : { name: named }),
        ...(hostPort === undefined ? {} : { hostPort }),
        ...(hostPort === undefined || pod.hostIP === undefined ? {} : { hostIP: pod.hostIP }),
      };
    }),
    resources: cpuShare,
    volumeMounts: [{ name: 'netvet', mountPath: '/netvet', readOnly: true }],
    ...(pod.readiness
      ? {
          readinessProbe: {
            httpGet: { path: '/ready', port: listeners[0]?.port },
            periodSeconds: 1,
            failureThreshold: 1,
          },
        }
      : {}),
  };
}

function specOf(image: string, pod: AgentPod, name?: string): object {
  const { listeners, sidecars = [], node, hostNetwork } = pod;
  return {
    ...(node === undefined ? {} : { nodeName: node }),
    ...(hostNetwork ? { hostNetwork, dnsPolicy: 'ClusterFirstWithHostNet' } : {}),
    ...(pod.restartPolicy === undefined ? {} : { restartPolicy: pod.restartPolicy }),
    ...(pod.hostname === undefined ? {} : { hostname: pod.hostname }),
    ...(pod.subdomain === undefined ? {} : { subdomain: pod.subdomain }),
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: Math.ceil((pod.lingerMs ?? 0) / 1000) + 1,
    containers: [
      container('agent', image, pod, listeners, name),
      ...sidecars.map((one) =>
        container(one.name, image, { listeners: one.listeners }, one.listeners, `${name}-${one.name}`),
      ),
    ],
    volumes: [agentVolume],
  };
}

/** The probe agent as one container of a Pod that has others; the Pod needs agentVolume too. */
export function agentContainer(image: string, listeners: Listener[]): object {
  return container('agent', image, { listeners }, listeners, undefined);
}

export const agentVolume = { name: 'netvet', configMap: { name: agentConfigMap } };

/** A Pod that runs the probe agent. */
export function agentPod(namespace: string, name: string, image: string, pod: AgentPod): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: pod.labels ?? {} },
    spec: specOf(image, pod, name),
  };
}

/** Pods of the probe agent behind a Deployment, labelled app=NAME. */
export function agentDeployment(
  namespace: string,
  name: string,
  image: string,
  pod: AgentPod,
  replicas: number,
): KubeObject {
  const labels = { app: name, ...pod.labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels }, spec: specOf(image, pod) },
    },
  };
}

/** The lightest Pod there is: it holds an address and does nothing. */
export function pausePod(namespace: string, name: string, image: string, node?: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      ...(node === undefined ? {} : { nodeName: node }),
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'pause', image, imagePullPolicy: 'IfNotPresent' }],
    },
  };
}
