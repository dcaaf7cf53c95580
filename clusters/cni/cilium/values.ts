import type { Cni } from '../cni.ts';

/**
 * What Cilium's chart is told: VXLAN, Pod ranges from the nodes, IPv4. Envoy and Hubble are left out in every case: nothing that netvet
 * looks at needs them. https://docs.cilium.io/en/v1.18/helm-reference/
 */
export function ciliumValues(options: {
  kubeProxy: Cni['kubeProxy'];
  /** Host and port at which nodes reach the API server without any Service. */
  server: { host: string; port: string };
  /** The images are on the nodes already: those that netvet has built. */
  built: boolean;
}): object {
  const replaces = options.kubeProxy === 'none';
  const { host, port } = options.server;
  const image = options.built ? { useDigest: false, pullPolicy: 'Never' } : {};
  return {
    image,
    operator: { replicas: 1, image },
    envoy: { enabled: false },
    l7Proxy: false,
    hubble: { enabled: false },
    ipam: { mode: 'kubernetes' },
    routingMode: 'tunnel',
    tunnelProtocol: 'vxlan',
    ipv6: { enabled: false },
    kubeProxyReplacement: replaces,
    // in eBPF only where node ports are, too
    bpf: { masquerade: replaces },
    ...(replaces && { k8sServiceHost: host, k8sServicePort: port }),
    cgroup: { hostRoot: '/run/cilium/cgroupv2' },
    cni: { exclusive: true },
  };
}
