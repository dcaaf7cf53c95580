import { type KubeObject, objectOf } from '../kube/index.ts';
import { agentSource, type Dial, type Listener } from '../probe/index.ts';

export interface AgentPod {
  /** Ports of the Pod that the agent serves. */
  listeners: Listener[];
  labels?: Record<string, string>;
  /** Binds it to this node. Absent: the scheduler chooses. */
  node?: string | undefined;
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
  dial?: Dial | undefined;
  /** Ready only while the agent says so (`ready`), seen by a readiness probe. */
  readiness?: boolean;
  /** Milliseconds between SIGTERM and exit. */
  lingerMs?: number;
  /** Default: Always. */
  restartPolicy?: 'Never' | undefined;
  /** Found as HOSTNAME.SUBDOMAIN.NAMESPACE.svc where a headless Service is called SUBDOMAIN. */
  hostname?: string | undefined;
  subdomain?: string | undefined;
  /** What its root may do besides the runtime's usual, such as NET_RAW. */
  capabilities?: string[] | undefined;
  /** More containers in the same Pod, sharing its network. */
  sidecars?: { name: string; listeners: Listener[] }[];
}

/** Name of the ConfigMap with the agent, in every namespace that the suite makes. */
const agentConfigMap = 'netvet-agent';

export const agentVolume = { name: 'netvet', configMap: { name: agentConfigMap } };

/** The agent's code, which every test Pod mounts. */
export const agentCode = (namespace: string): KubeObject =>
  objectOf('ConfigMap', { name: agentConfigMap, namespace }, { data: { 'agent.mjs': agentSource() } });

/**
 * What a container of the suite that does something asks of its node's processors. Requests are weights (Kubernetes
 * documentation, "Resource Management for Pods and Containers"), and Pods without any weigh, all of a node together, 2
 * where the control plane's Pods weigh 900: while that is busy, clients and servers stand still, and what they measure
 * is not the network. A hundred of these fit on one processor.
 */
const cpuShare = { requests: { cpu: '10m' } };

/** The same for what makes and takes load: a k6 that stands still counts as lost what nobody has lost. */
export const loadShare = { requests: { cpu: '200m' } };

/** What no Pod of the suite needs. */
export const withoutExtras = { enableServiceLinks: false, automountServiceAccountToken: false };

/** Ports that a test Pod serves unless told otherwise. */
export const usualListeners: Listener[] = [
  { protocol: 'TCP', port: 8080 },
  { protocol: 'TCP', port: 8081 },
  { protocol: 'TCP', port: 8082 },
  { protocol: 'UDP', port: 8080 },
];

/**
 * Node takes 30 ms to its first line, in which a late policy may arrive. A shell sends datagrams within one or two, as
 * the first process of the container, and then becomes the agent, to which it leaves its input. /dev/udp is bash's own:
 * where there is no bash, nothing is sent so early.
 */
function earlyBird({ prefix, targets }: Dial): string {
  const udp = targets.filter(({ protocol }) => protocol === 'UDP');
  const sends = udp.map(({ host, port }, i) => `echo "netvet ${prefix}.early${i}.$n " >/dev/udp/${host}/${port}`);
  const burst = sends.length === 0 ? ':' : `for ((n = 0; n < 200; n++)); do ${sends.join('; ')}; done`;
  return `command -v bash >/dev/null && bash -c '${burst}' </dev/null 2>/dev/null; exec node /netvet/agent.mjs`;
}

/** `agentName`: what the agent calls itself; absent: its host name, which in a Pod of a Deployment is the Pod's. */
function container(name: string, image: string, pod: AgentPod, agentName?: string): object {
  const { listeners, dial, lingerMs, hostPorts, hostIP, readiness, capabilities } = pod;
  const env = {
    NETVET_NAME: agentName,
    NETVET_LISTEN: JSON.stringify(listeners),
    NETVET_DIAL: dial && JSON.stringify(dial),
    NETVET_LINGER_MS: lingerMs?.toString(),
  };
  const names = { TCP: Object.entries(pod.namedPorts ?? {}), UDP: Object.entries(pod.namedUdpPorts ?? {}) };
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: dial === undefined ? ['node', '/netvet/agent.mjs'] : ['sh', '-c', earlyBird(dial)],
    // how it is asked; open for one channel after the other
    stdin: true,
    env: Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
    ports: listeners.map(({ protocol, port }) => {
      const hostPort = protocol === 'TCP' ? hostPorts?.[port] : undefined;
      return {
        containerPort: port,
        protocol,
        name: names[protocol].find(([, number]) => number === port)?.[0],
        hostPort,
        hostIP: hostPort && hostIP,
      };
    }),
    resources: cpuShare,
    securityContext: capabilities && { capabilities: { add: capabilities } },
    volumeMounts: [{ name: 'netvet', mountPath: '/netvet', readOnly: true }],
    readinessProbe: readiness
      ? { httpGet: { path: '/ready', port: listeners[0]?.port }, periodSeconds: 1, failureThreshold: 1 }
      : undefined,
  };
}

function specOf(image: string, pod: AgentPod, name?: string): object {
  const { sidecars = [], node, hostNetwork, restartPolicy, hostname, subdomain } = pod;
  return {
    nodeName: node,
    ...(hostNetwork && { hostNetwork, dnsPolicy: 'ClusterFirstWithHostNet' }),
    ...{ restartPolicy, hostname, subdomain },
    ...withoutExtras,
    terminationGracePeriodSeconds: Math.ceil((pod.lingerMs ?? 0) / 1000) + 1,
    containers: [
      container('agent', image, pod, name),
      ...sidecars.map((one) => container(one.name, image, one, `${name}-${one.name}`)),
    ],
    volumes: [agentVolume],
  };
}

/** The probe agent as one container of a Pod that has others; the Pod needs agentVolume too. */
export const agentContainer = (image: string, listeners: Listener[]): object =>
  container('agent', image, { listeners });

/** A Pod that runs the probe agent. */
export const agentPod = (namespace: string, name: string, image: string, pod: AgentPod): KubeObject =>
  objectOf('Pod', { name, namespace, labels: pod.labels ?? {} }, { spec: specOf(image, pod, name) });

/** A Deployment of so many Pods, labelled app=NAME. `more`: further fields of its spec. */
export function deployment(namespace: string, name: string, replicas: number, spec: object, more = {}): KubeObject {
  const labels = { app: name };
  const template = { metadata: { labels }, spec };
  const fields = { replicas, selector: { matchLabels: labels }, template, ...more };
  return objectOf('Deployment', { name, namespace, labels }, { spec: fields });
}

/** Pods of the probe agent behind a Deployment. */
export const agentDeployment = (
  namespace: string,
  name: string,
  image: string,
  pod: AgentPod,
  replicas: number,
): KubeObject => deployment(namespace, name, replicas, specOf(image, pod));

/** The lightest Pod there is: it holds an address and does nothing. */
export function pausePod(namespace: string, name: string, image: string, node?: string): KubeObject {
  const spec = {
    nodeName: node,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'pause', image, imagePullPolicy: 'IfNotPresent' }],
  };
  return objectOf('Pod', { name, namespace, labels: { app: name } }, { spec });
}

/** Label of Pods through which commands reach nodes: `netvet cleanup` finds them by it. */
export const nodeShellLabel = 'netvet.dev/node-shell';

/** A Pod through which commands reach the node: in its process and network namespaces, with all rights, and idle. */
export function nodeShellPod(namespace: string, name: string, image: string, node: string): KubeObject {
  const shell = {
    name: 'shell',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '-e', 'setInterval(() => {}, 1e6)'],
    resources: cpuShare,
    securityContext: { privileged: true },
  };
  const spec = {
    nodeName: node,
    hostPID: true,
    hostNetwork: true,
    // a node that is away for a while is not a reason to evict it
    tolerations: [{ operator: 'Exists' }],
    ...withoutExtras,
    terminationGracePeriodSeconds: 0,
    containers: [shell],
  };
  return objectOf('Pod', { name, namespace, labels: { [nodeShellLabel]: '' } }, { spec });
}
