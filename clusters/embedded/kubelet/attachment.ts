/**
 * What a Pod asks of its network, as containerd hands it to plugins: internal/cri/server/sandbox_run.go, cniNamespaceOpts. The names are
 * those of go-cni's Go fields, "HostPort", and not those of the CNI conventions, "hostPort": its structs say no others.
 */
import type { Attachment } from './cni/index.ts';
import type { DnsSettings } from './hosts.ts';
import { resolvConf } from './hosts.ts';
import type { Sandbox } from './sandbox.ts';
import type { Pod } from './types.ts';

/** Bursts are unlimited, as containerd sends them; JSON numbers carry no larger integer exactly. */
const unlimited = Number.MAX_SAFE_INTEGER;

const suffixes: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** A Kubernetes quantity, `10M`, in bits per second. */
function bits(quantity: string | undefined): number | undefined {
  const [, number, suffix = ''] = /^(\d+(?:\.\d+)?)(k|M|G|T|Ki|Mi|Gi)?$/.exec(quantity ?? '') ?? [];
  return number === undefined ? undefined : Number(number) * (suffixes[suffix] ?? 1);
}

function bandwidth(annotations: Record<string, string> = {}): object | undefined {
  const ingressRate = bits(annotations['kubernetes.io/ingress-bandwidth']);
  const egressRate = bits(annotations['kubernetes.io/egress-bandwidth']);
  if (ingressRate === undefined && egressRate === undefined) return undefined;
  return {
    ...(ingressRate !== undefined && { IngressRate: ingressRate, IngressBurst: unlimited }),
    ...(egressRate !== undefined && { EgressRate: egressRate, EgressBurst: unlimited }),
  };
}

function portMappings(pod: Pod): object[] {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  return containers
    .flatMap(({ ports = [] }) => ports)
    .filter(({ hostPort }) => hostPort)
    .map(({ hostPort, containerPort, protocol = 'TCP', hostIP }) => ({
      HostPort: hostPort,
      ContainerPort: containerPort,
      Protocol: protocol.toLowerCase(),
      HostIP: hostIP ?? '',
    }));
}

function dnsOf(pod: Pod, dns: DnsSettings): object {
  const lines = resolvConf(pod, dns)
    .split('\n')
    .map((line) => line.split(' '));
  const words = (key: string) => lines.filter(([first]) => first === key).flatMap(([, ...rest]) => rest);
  return { Servers: words('nameserver'), Searches: words('search'), Options: words('options') };
}

export function attachmentOf(pod: Pod, sandbox: Sandbox, dns: DnsSettings): Attachment {
  const { namespace = '', name, uid = '', annotations } = pod.metadata;
  const ports = portMappings(pod);
  const limits = bandwidth(annotations);
  return {
    containerId: sandbox.id,
    netns: sandbox.netns as string,
    ifname: 'eth0',
    pod: { namespace, name, uid },
    capabilities: {
      ...(ports.length > 0 && { portMappings: ports }),
      ...(limits && { bandwidth: limits }),
      dns: dnsOf(pod, dns),
      'io.kubernetes.cri.pod-annotations': annotations ?? {},
    },
  };
}
