/** What every cluster has from the start: roles, the API server's own Service, and DNS. */
import { parseAllDocuments } from 'yaml';
import { ApiError, type KubeObject, type Objects } from '../objects.ts';

/**
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 * The first address is the API server's, which is no Pod and writes its EndpointSlice itself. DNS, to whose address
 * every Pod's /etc/resolv.conf points, listens when it has read all Services, and does not read them through the API
 * server's own: the way there needs a CNI that has read its endpoints already.
 */
const manifests = (host: string, port: number): string => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: 'system:node-proxier'}
rules:
- {apiGroups: [''], resources: [services], verbs: [list, watch]}
- {apiGroups: [''], resources: [nodes], verbs: [get, list, watch]}
- {apiGroups: ['', events.k8s.io], resources: [events], verbs: [create, patch, update]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
- {apiGroups: [networking.k8s.io], resources: [servicecidrs], verbs: [list, watch]}
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default, labels: {component: apiserver, provider: kubernetes}}
spec:
  type: ClusterIP
  clusterIP: 10.96.0.1
  ports: [{name: https, protocol: TCP, port: 443, targetPort: 6443}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kubernetes, namespace: default, labels: {kubernetes.io/service-name: kubernetes}}
addressType: IPv4
endpoints: [{addresses: ['${host}'], conditions: {ready: true}}]
ports: [{name: https, protocol: TCP, port: ${port}}]
---
apiVersion: v1
kind: Service
metadata:
  name: kube-dns
  namespace: kube-system
  labels: {k8s-app: kube-dns, kubernetes.io/cluster-service: 'true', kubernetes.io/name: CoreDNS}
spec:
  type: ClusterIP
  clusterIP: 10.96.0.10
  selector: {k8s-app: kube-dns}
  ports:
  - {name: dns, protocol: UDP, port: 53, targetPort: 53}
  - {name: dns-tcp, protocol: TCP, port: 53, targetPort: 53}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec:
  replicas: 1
  selector: {matchLabels: {k8s-app: kube-dns}}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}
  template:
    metadata: {labels: {k8s-app: kube-dns}}
    spec:
      dnsPolicy: Default
      terminationGracePeriodSeconds: 1
      containers:
      - name: dns
        image: netvet/dns
        env: [{name: NETVET_API_SERVER, value: 'http://${host}:${port}'}]
        ports: [{name: dns, containerPort: 53, protocol: UDP}, {name: dns-tcp, containerPort: 53, protocol: TCP}]
        readinessProbe: {tcpSocket: {port: 53}, periodSeconds: 1, failureThreshold: 3}
`;

/** Creates them; what is there already stays as it is. `host` and `port`: where every node reaches the API server. */
export function bootstrap(objects: Objects, { host, port } = { host: '172.18.0.1', port: 6443 }): void {
  for (const document of parseAllDocuments(manifests(host, port))) {
    try {
      objects.create(document.toJS() as KubeObject);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    }
  }
}
