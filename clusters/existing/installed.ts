import { AppsV1Api, type KubeConfig, type V1DaemonSet } from '@kubernetes/client-node';

/** What a cluster shows of its CNI. */
export interface Installed {
  name: string;
  version: string;
}

/** DaemonSets by which CNIs are known. */
const known: Record<string, string> = {
  'netvet-cni': 'reference',
  cilium: 'cilium',
  'calico-node': 'calico',
  canal: 'canal',
  'kube-flannel-ds': 'flannel',
  'kube-flannel': 'flannel',
  kindnet: 'kindnet',
  'kube-router': 'kube-router',
  'antrea-agent': 'antrea',
  'weave-net': 'weave',
  'aws-node': 'aws-vpc-cni',
  'azure-cni': 'azure-cni',
  netd: 'gke-netd',
  'ovnkube-node': 'ovn-kubernetes',
  'kube-ovn-cni': 'kube-ovn',
};

const unknown: Installed = { name: 'unknown', version: 'unknown' };

/** A DaemonSet on the nodes' own network that has the directory of CNI configurations or plugins mounted. */
function isAgent({ spec }: V1DaemonSet): boolean {
  const { hostNetwork, volumes = [] } = spec?.template.spec ?? {};
  return hostNetwork === true && volumes.some(({ hostPath }) => /\/cni(\/|$)/.test(hostPath?.path ?? ''));
}

/** What its label says, else its image's tag. */
function versionOf({ metadata, spec }: V1DaemonSet): string {
  const said = metadata?.labels?.['app.kubernetes.io/version'];
  if (said !== undefined) return said;
  // the reference CNI runs on a stock image, whose tag is Node's
  if (metadata?.name === 'netvet-cni') return unknown.version;
  const image = spec?.template.spec?.containers[0]?.image?.split('@')[0] ?? '';
  return /:([^/:]+)$/.exec(image)?.[1] ?? unknown.version;
}

/** The CNI that DaemonSets tell of: a known name first, else what looks like an agent of one. */
export function installedIn(sets: V1DaemonSet[]): Installed {
  const agents = sets.filter((set) => Object.hasOwn(known, set.metadata?.name ?? ''));
  // Canal is Flannel's fabric with Calico's policies, Cilium can be chained behind others: who does policies names it
  const order = Object.keys(known);
  const [first] = agents.toSorted(
    (a, b) => order.indexOf(a.metadata?.name ?? '') - order.indexOf(b.metadata?.name ?? ''),
  );
  const agent = first ?? sets.find(isAgent);
  if (agent === undefined) return unknown;
  const name = agent.metadata?.name ?? unknown.name;
  return { name: known[name] ?? name, version: versionOf(agent) };
}

/** Looks at the cluster's DaemonSets; `unknown` where they may not be seen or say nothing. */
export async function installedOn(config: KubeConfig): Promise<Installed> {
  const apps = config.makeApiClient(AppsV1Api);
  const list = await apps.listDaemonSetForAllNamespaces().catch(() => undefined);
  return installedIn(list?.items ?? []);
}
