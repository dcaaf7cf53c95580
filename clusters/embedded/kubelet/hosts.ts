/** A Pod's /etc/hosts and /etc/resolv.conf, as the kubelet writes them. */
import type { Pod } from '../kinds.ts';

export interface DnsSettings {
  /** The cluster's DNS Service. */
  server: string;
  domain: string;
}

/** A host name has at most 63 characters and ends in none of these. */
export const hostnameOf = (pod: Pod): string =>
  pod.spec.hostname ?? pod.metadata.name.slice(0, 63).replace(/[-.]+$/, '');

/** Source: kubernetes pkg/kubelet/kubelet_pods.go, managedHostsFileContent. */
export function hostsFile(pod: Pod, podIP: string, dns: DnsSettings): string {
  const name = hostnameOf(pod);
  const { subdomain, hostAliases = [], hostNetwork } = pod.spec;
  const names = subdomain ? `${name}.${subdomain}.${pod.metadata.namespace}.svc.${dns.domain}\t${name}` : name;
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${podIP}\t${hostNetwork ? pod.spec.nodeName : names}`,
    ...hostAliases.map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t')),
    '',
  ].join('\n');
}

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy */
export function dnsOf(pod: Pod, dns: DnsSettings): { servers: string[]; searches: string[]; options: string[] } {
  const { dnsPolicy = 'ClusterFirst', dnsConfig = {}, hostNetwork } = pod.spec;
  const cluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork);
  const own = cluster ? [`${pod.metadata.namespace}.svc.${dns.domain}`, `svc.${dns.domain}`, dns.domain] : [];
  const options = new Map<string, string | undefined>(cluster ? [['ndots', '5']] : []);
  for (const { name = '', value } of dnsConfig.options ?? []) options.set(name, value);
  return {
    servers: [...(cluster ? [dns.server] : []), ...(dnsConfig.nameservers ?? [])],
    searches: [...new Set([...own, ...(dnsConfig.searches ?? [])])],
    options: [...options].map(([name, value]) => (value ? `${name}:${value}` : name)),
  };
}

export function resolvConf(pod: Pod, dns: DnsSettings): string {
  const { servers, searches, options } = dnsOf(pod, dns);
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
    '',
  ].join('\n');
}
