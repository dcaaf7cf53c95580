/** kube-proxy on every node, as kubeadm installs it. */
import { stringify } from 'yaml';
import type { KubeProxyMode } from '../cluster.ts';
import type { KubeObject } from './kube.ts';

export type Mode = Exclude<KubeProxyMode, 'none'>;

/** The version that scripts/tool.sh builds. */
export const version = 'v1.34.3';
export const image = `registry.k8s.io/kube-proxy:${version}`;
const name = 'kube-proxy';
const namespace = 'kube-system';
const labels = { 'k8s-app': name };
const healthPort = 10256;

export function kubeProxyManifest(apiServer: string, clusterCidr: string, mode: Mode): KubeObject[] {
  const data = {
    'config.conf': stringify(configuration(clusterCidr, mode)),
    'kubeconfig.conf': stringify(kubeconfig(apiServer)),
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'kubeadm:node-proxier' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels }, data },
    daemonSet,
  ];
}

/** https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ */
const configuration = (clusterCidr: string, mode: Mode) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  mode,
  clusterCIDR: clusterCidr,
  // an API server that speaks JSON only is enough
  clientConnection: { kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf', contentType: 'application/json' },
  // what needs more rights than a node in a user namespace has, and changes nothing about Services
  oomScoreAdj: 0,
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  healthzBindAddress: `0.0.0.0:${healthPort}`,
  metricsBindAddress: '127.0.0.1:10249',
});

function kubeconfig(apiServer: string): object {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  const secure = apiServer.startsWith('https:');
  const cluster = { server: apiServer, ...(secure && { 'certificate-authority': `${account}/ca.crt` }) };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'default', cluster }],
    users: [{ name: 'default', user: { tokenFile: `${account}/token` } }],
    contexts: [{ name: 'default', context: { cluster: 'default', user: 'default' } }],
    'current-context': 'default',
  };
}

const daemonSet: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace, labels },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: name,
        priorityClassName: 'system-node-critical',
        hostNetwork: true,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name,
            image,
            // the official image's own entry point is another program; by name: embedded nodes have it elsewhere
            command: ['kube-proxy', '--config=/var/lib/kube-proxy/config.conf', '--hostname-override=$(NODE_NAME)'],
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
            securityContext: { privileged: true },
            readinessProbe: { httpGet: { path: '/healthz', port: healthPort }, periodSeconds: 2 },
            volumeMounts: [{ name, mountPath: '/var/lib/kube-proxy' }],
          },
        ],
        volumes: [{ name, configMap: { name } }],
      },
    },
  },
};
