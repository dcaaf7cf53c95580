import type { KubeObject } from '../kube/index.ts';
import { cpuShare } from './cpu-share.ts';

/** A Pod through which commands reach the node: in its process and network namespaces, with all rights, and idle. */
export function nodeShellPod(namespace: string, name: string, image: string, node: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      nodeName: node,
      hostPID: true,
      hostNetwork: true,
      // a node that is away for a while is not a reason to evict it
      tolerations: [{ operator: 'Exists' }],
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'shell',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', 'setInterval(() => {}, 1e6)'],
          resources: cpuShare,
          securityContext: { privileged: true },
        },
      ],
    },
  };
}
