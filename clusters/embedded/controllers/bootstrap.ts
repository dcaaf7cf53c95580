/** What every cluster has from the start: the API server's own Service, and DNS. */
import { ApiError, type KubeObject, type Objects } from '../objects.ts';
import { serviceLabel } from './endpointslice/slices.ts';

/** The first address: https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects */
const apiAddress = '10.96.0.1';
/** Where every Pod's /etc/resolv.conf points. */
const dnsAddress = '10.96.0.10';

/**
 * Creates them; what is there already stays as it is. `host` and `port`: where the API server listens, as every node
 * reaches it.
 */
export function bootstrap(objects: Objects, { host, port } = { host: '172.18.0.1', port: 6443 }): void {
  const wanted = [
    ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(namespace),
    adminRole,
    proxyRole,
    apiService,
    apiEndpoints(host, port),
    dnsService,
    dnsDeployment(`http://${host}:${port}`),
  ];
  for (const object of wanted) {
    try {
      objects.create(object);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    }
  }
}

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const adminRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'cluster-admin' },
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
};

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#core-component-roles */
const proxyRole: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'system:node-proxier' },
  rules: [
    { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    { apiGroups: ['networking.k8s.io'], resources: ['servicecidrs'], verbs: ['list', 'watch'] },
  ],
};

const apiService: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: {
    type: 'ClusterIP',
    clusterIP: apiAddress,
    ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
  },
};

/** The API server writes this one itself: it is no Pod, and the Service has no selector. */
const apiEndpoints = (host: string, port: number): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'kubernetes', namespace: 'default', labels: { [serviceLabel]: 'kubernetes' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: [host], conditions: { ready: true } }],
  ports: [{ name: 'https', protocol: 'TCP', port }],
});

const dnsLabels = { 'k8s-app': 'kube-dns' };

const dnsService: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kube-dns',
    namespace: 'kube-system',
    labels: { ...dnsLabels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
  },
  spec: {
    type: 'ClusterIP',
    clusterIP: dnsAddress,
    selector: dnsLabels,
    ports: [
      { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
      { name: 'dns-tcp', protocol: 'TCP', port: 53, targetPort: 53 },
    ],
  },
};

const dnsDeployment = (apiServer: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'dns', namespace: 'kube-system', labels: dnsLabels },
  spec: {
    replicas: 1,
    selector: { matchLabels: dnsLabels },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    template: {
      metadata: { labels: dnsLabels },
      spec: {
        dnsPolicy: 'Default',
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'dns',
            image: 'netvet/dns',
            // not through its Service: the way there needs a CNI that has read its endpoints already
            env: [{ name: 'NETVET_API_SERVER', value: apiServer }],
            ports: [
              { name: 'dns', containerPort: 53, protocol: 'UDP' },
              { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
            ],
            // it listens from the moment it has read all Services
            readinessProbe: { tcpSocket: { port: 53 }, periodSeconds: 1, failureThreshold: 3 },
          },
        ],
      },
    },
  },
});
