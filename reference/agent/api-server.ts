import { readIfThere } from './node.ts';

/**
 * Where the kubelet of a node has its kubeconfig: with kubeadm, on managed and on k3s' nodes. The first one there is
 * taken.
 */
const kubeconfigs = [
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kubelet/kubeconfig',
  '/etc/kubernetes/kubeconfig',
  '/var/lib/rancher/k3s/agent/kubelet.kubeconfig',
  '/var/lib/rancher/rke2/agent/kubelet.kubeconfig',
];

/**
 * URL of the API server as the node's own kubelet reaches it: a load balancer where there are several servers, and in
 * any case not the `kubernetes` Service, which there would be no way to before there is an agent. Throws with what was
 * looked for.
 */
export function kubeletServer(hostRoot: string): string {
  for (const path of kubeconfigs) {
    const server = serverIn(readIfThere(hostRoot + path));
    if (server !== undefined) return server;
  }
  const looked = `no kubeconfig of the kubelet names a server: looked into ${kubeconfigs.join(', ')}`;
  throw new Error(`NETVET_API_SERVER is not set, and ${looked}`);
}

/** A kubelet's kubeconfig knows one cluster, so its YAML (or JSON) has one `server`. */
const serverIn = (text: string | undefined): string | undefined =>
  /(?:^|[\s{,])"?server"?:\s*["']?(https?:\/\/[^\s"',}]+)/m.exec(text ?? '')?.[1];
