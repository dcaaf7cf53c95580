/** What a cluster needs besides its control plane, before there is a CNI. */
import type Docker from 'dockerode';
import { succeedIn } from './exec.ts';
import { withoutUpstream } from './kubeadm.ts';

const kubectl = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf'];

/** Takes what needs an upstream resolver out of CoreDNS's configuration, before it has started for the first time. */
export async function isolateDns(node: Docker.Container): Promise<void> {
  const where = [...kubectl, '--namespace', 'kube-system'];
  const map = JSON.parse(await succeedIn(node, [...where, 'get', 'configmap', 'coredns', '--output', 'json'])) as {
    data: { Corefile: string };
  };
  const data = { Corefile: withoutUpstream(map.data.Corefile) };
  await succeedIn(node, [...where, 'patch', 'configmap', 'coredns', '--patch', JSON.stringify({ data })]);
}

/** Says on every Node what cannot be seen from inside of it: the engine starts its container again when it has shut down (node.ts). */
export async function sayThatNodesReboot(node: Docker.Container): Promise<void> {
  await succeedIn(node, [...kubectl, 'annotate', 'nodes', '--all', 'netvet.dev/reboots=true']);
}

/** Names of the nodes that are registered and have a range of Pod addresses. */
export async function nodesWithRange(node: Docker.Container): Promise<string[]> {
  const template = '{range .items[?(@.spec.podCIDR)]}{.metadata.name}{"\\n"}{end}';
  return (await succeedIn(node, [...kubectl, 'get', 'nodes', '--output', `jsonpath=${template}`]))
    .split('\n')
    .filter(Boolean);
}
