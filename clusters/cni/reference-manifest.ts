/** The Kubernetes objects of the reference CNI. */
import { hash } from 'node:crypto';
import { stringify } from 'yaml';
import type { KubeObject } from './kube.ts';

const name = 'netvet-cni';
const namespace = 'kube-system';
const labels = { 'app.kubernetes.io/name': name };

/** Stock Node.js; everything else the agent has to bring along or the node has to have. */
export const agentImage = 'node:24';

/** Port of the agent's health server on each node's 127.0.0.1. */
const healthPort = 9098;

export interface ReferenceOptions {
  /** URL of the API server as nodes reach it without any Service. Absent: agents read the kubelet's kubeconfig. */
  apiServer?: string;
  /** File name -> content: the agent and the plugin script, which lie side by side. */
  bundle: Record<string, string>;
  /** Of the agent, for whoever looks at the cluster. */
  version: string;
  fabric?: 'auto' | 'vxlan';
  /** A deliberate fault of the agent (reference/mutants). */
  mutant?: string;
}

export function referenceManifest({ apiServer, bundle, version, fabric, mutant }: ReferenceOptions): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    clusterRole,
    clusterRoleBinding,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data: bundle },
    daemonSet(hashOf(bundle), version, {
      ...(apiServer !== undefined && { NETVET_API_SERVER: apiServer }),
      ...(fabric !== undefined && { NETVET_FABRIC: fabric }),
      ...(mutant !== undefined && { NETVET_MUTANT: mutant }),
    }),
  ];
}

/** The same as YAML that `kubectl apply -f -` takes. */
export function manifestText(options: ReferenceOptions): string {
  const documents = referenceManifest(options).map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  return `# netvet's reference CNI ${options.version}: kubectl apply -f THIS\n${documents.join('---\n')}`;
}

/**
 * The agent reads, and writes nothing but events: the rest of its work is on its node. Single objects are read while a
 * Pod is being attached. An event is in the namespace of what it is about, and agents tell of Services in all of them,
 * so no role of one namespace does (that of Nodes, `default`, would do for the others). They make events, and can
 * neither read nor change any.
 */
const clusterRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules: [
    { apiGroups: [''], resources: ['nodes', 'services'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['namespaces', 'pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies', 'servicecidrs'], verbs: ['list', 'watch'] },
  ],
};

const clusterRoleBinding: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name, labels },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
  subjects: [{ kind: 'ServiceAccount', name, namespace }],
};

/** Another bundle is another template, so that changing it rolls the agents. */
function hashOf(bundle: Record<string, string>): string {
  const files = Object.entries(bundle).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify(files)).slice(0, 16);
}

/** What the agent writes to. It reaches all files of the node through its first process: /proc/1/root. */
const directories = ['/opt/cni/bin', '/etc/cni/net.d'];
const volumeName = (path: string): string => path.slice(1).replaceAll(/[/.]/g, '-');

/**
 * What the agent needs instead of `privileged`: links, routes and rules; entering namespaces (of the node, and of
 * Pods); and looking through /proc/1. AppArmor's usual profile forbids the last one, SELinux' both.
 */
const securityContext = {
  capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'SYS_ADMIN', 'SYS_CHROOT', 'SYS_PTRACE'] },
  readOnlyRootFilesystem: true,
  appArmorProfile: { type: 'Unconfined' },
  seccompProfile: { type: 'RuntimeDefault' },
  seLinuxOptions: { type: 'spc_t' },
};

/** Nodes need their memory for other things: a small young generation, and one helping thread instead of four. */
const frugal = ['--max-semi-space-size=1', '--v8-pool-size=1'];

/**
 * The kernel gives the agent this share when all others want more than there is: with 50m a policy came 1.5 s late
 * beside 16 busy Pods (`npm run bench -- starved`).
 */
const cpuRequest = '250m';

const daemonSet = (hash: string, version: string, env: Record<string, string>): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace, labels: { ...labels, 'app.kubernetes.io/version': version } },
  spec: {
    selector: { matchLabels: labels },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    template: {
      metadata: { labels, annotations: { 'netvet/bundle': hash } },
      spec: {
        serviceAccountName: name,
        priorityClassName: 'system-node-critical',
        hostNetwork: true,
        hostPID: true,
        // the node's names: an API server's may be one of them
        dnsPolicy: 'Default',
        // a node without a CNI is not ready, and this is what makes it ready
        tolerations: [{ operator: 'Exists' }],
        terminationGracePeriodSeconds: 5,
        containers: [
          {
            name: 'agent',
            image: agentImage,
            command: ['node', ...frugal, '/netvet/agent.mjs'],
            securityContext,
            resources: { requests: { cpu: cpuRequest, memory: '80Mi' } },
            env: [
              { name: 'MALLOC_ARENA_MAX', value: '1' },
              { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
              ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
            ],
            readinessProbe: {
              httpGet: { host: '127.0.0.1', port: healthPort, path: '/readyz' },
              periodSeconds: 2,
              failureThreshold: 2,
            },
            // work that never ends needs a new process, which Pods do not notice; a busy node has two minutes to answer
            livenessProbe: {
              httpGet: { host: '127.0.0.1', port: healthPort, path: '/livez' },
              periodSeconds: 10,
              timeoutSeconds: 10,
              failureThreshold: 12,
            },
            volumeMounts: [
              { name: 'netvet', mountPath: '/netvet', readOnly: true },
              ...directories.map((path) => ({ name: volumeName(path), mountPath: path })),
            ],
          },
        ],
        volumes: [
          { name: 'netvet', configMap: { name } },
          ...directories.map((path) => ({ name: volumeName(path), hostPath: { path, type: 'DirectoryOrCreate' } })),
        ],
      },
    },
  },
});
