/** What kubeadm is told. */
import { stringify } from 'yaml';
import { type KubeProxyMode, podCidr } from '../cluster.ts';

/** Facts of a node's machine that decide how a kubelet has to be set up on it. */
export interface Machine {
  cgroups: 1 | 2;
  /** Whether processes of the node can have CAP_SYS_RESOURCE. */
  sysResource: boolean;
}

export interface KubeadmOptions {
  cluster: string;
  /** Like v1.34.3. */
  kubernetes: string;
  /** Addresses of the control plane, and of the node that this is for. */
  controlPlane: string;
  node: string;
  token: string;
  kubeProxy: KubeProxyMode;
  machine: Machine;
  /** What the image calls them, where that is not what kubeadm expects by itself. */
  etcdTag?: string | undefined;
  dnsTag?: string | undefined;
}

/** As in the embedded cluster. */
const serviceSubnet = '10.96.0.0/16';

const criSocket = 'unix:///run/containerd/containerd.sock';
const api = 'kubeadm.k8s.io/v1beta4';

/** For `kubeadm init` and `join`. https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/ */
export function kubeadmConfig(options: KubeadmOptions): string {
  const documents = [cluster(options), init(options), join(options), kubelet(options), kubeProxy(options)];
  return documents.map((each) => stringify(each)).join('---\n');
}

const cluster = ({ cluster, kubernetes, controlPlane, etcdTag, dnsTag }: KubeadmOptions) => ({
  apiVersion: api,
  kind: 'ClusterConfiguration',
  clusterName: cluster,
  kubernetesVersion: kubernetes,
  networking: { podSubnet: podCidr, serviceSubnet },
  apiServer: { certSANs: ['localhost', '127.0.0.1', controlPlane] },
  etcd: {
    local: {
      ...(etcdTag !== undefined && { imageTag: etcdTag }),
      // a cluster that is thrown away need not survive a power cut, and a slow disk need not slow it down
      extraArgs: [{ name: 'unsafe-no-fsync', value: 'true' }],
    },
  },
  ...(dnsTag !== undefined && { dns: { imageTag: dnsTag } }),
  // there is one control plane: nobody to elect, and no lease to lose (and be restarted) when the machine is busy
  controllerManager: { extraArgs: [{ name: 'leader-elect', value: 'false' }] },
  scheduler: { extraArgs: [{ name: 'leader-elect', value: 'false' }] },
});

const registration = ({ node }: KubeadmOptions) => ({
  criSocket,
  kubeletExtraArgs: [{ name: 'node-ip', value: node }],
});

const init = (options: KubeadmOptions) => ({
  apiVersion: api,
  kind: 'InitConfiguration',
  bootstrapTokens: [{ token: options.token }],
  localAPIEndpoint: { advertiseAddress: options.controlPlane },
  // the control plane is schedulable like any other node
  nodeRegistration: { ...registration(options), taints: [] },
});

const join = (options: KubeadmOptions) => ({
  apiVersion: api,
  kind: 'JoinConfiguration',
  discovery: {
    bootstrapToken: {
      apiServerEndpoint: `${options.controlPlane}:6443`,
      token: options.token,
      // nobody else is on the cluster's network while it is made
      unsafeSkipCAVerification: true,
    },
  },
  nodeRegistration: registration(options),
});

const kubelet = ({ machine }: KubeadmOptions) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  cgroupDriver: machine.cgroups === 1 ? 'cgroupfs' : 'systemd',
  // made by the node's entry point; the root belongs to the machine
  cgroupRoot: '/kubelet',
  ...(machine.cgroups === 1 && { failCgroupV1: false }),
  failSwapOn: false,
  // the machine's disk is not the cluster's to worry about
  imageGCHighThresholdPercent: 100,
  evictionHard: { 'nodefs.available': '0%', 'nodefs.inodesFree': '0%', 'imagefs.available': '0%' },
  // without that capability OOM scores cannot be lowered, nor some sysctls set; this gate makes such failures none
  ...(!machine.sysResource && { featureGates: { KubeletInUserNamespace: true } }),
});

const kubeProxy = ({ kubeProxy, machine }: KubeadmOptions) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  ...(kubeProxy !== 'none' && { mode: kubeProxy }),
  // a machine's table of connections is not a node's to resize
  conntrack: { maxPerCore: 0, min: 0 },
  ...(!machine.sysResource && { oomScoreAdj: 0 }),
});

/** Random, in kubeadm's form: six characters, a dot, sixteen. `bytes` gives random bytes. */
export function bootstrapToken(bytes: (count: number) => Uint8Array): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  const text = Array.from(bytes(22), (byte) => alphabet[byte % 32]).join('');
  return `${text.slice(0, 6)}.${text.slice(6)}`;
}

/** The Corefile for nodes without a way out: names of the cluster are answered, any other is refused at once. */
export const withoutUpstream = (corefile: string): string =>
  corefile.replace(/^\s*forward [^{\n]*(\{[^}]*\})?\s*\n/m, '').replace(/^\s*loop\s*\n/m, '');
