/** What is built, from what, and what it is called. */
import { readFileSync } from 'node:fs';
import type { roots } from './debian.ts';

/** Like v1.34.3, as the wrapper module pins it. `module`: folder of clusters/offline/tools. */
function toolVersion(module: string): string {
  const text = readFileSync(`${import.meta.dirname}/../tools/${module}/go.mod`, 'utf8');
  const found = /^require \S+ (v\S+)$/m.exec(text)?.[1];
  if (found === undefined) throw new Error(`clusters/offline/tools/${module}/go.mod requires no version`);
  return found;
}

/** The Kubernetes of the node image that netvet builds. */
export const kubernetes = toolVersion('kubernetes');

export interface ImagePlan {
  /** What `--only` takes. */
  name: string;
  /** Names that nodes, Pods and kubeadm know it by. None for what no node runs. */
  references: string[];
  /** Programs of scripts/tool.sh, placed in /usr/local/bin. */
  programs: string[];
  root?: keyof typeof roots;
  /** Folder beside this file that is copied over the root. */
  files?: string;
  /** The image that it is built upon, in place of a root. */
  from?: string;
  /** Lines of the Dockerfile after what is copied. */
  settings: string[];
  /** Said of an image that stands in for an official one. */
  note?: string;
}

const registry = 'registry.k8s.io';
const path = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** One static program in an image of its own. */
const program = (name: string, references: string[]): ImagePlan => ({
  name,
  references,
  programs: [name],
  settings: [path, `ENTRYPOINT ["/usr/local/bin/${name}"]`],
});

/** Tags as kubeadm asks for them when it is told these versions. */
export const dnsTag = toolVersion('coredns');
export const etcdTag = `${toolVersion('etcd').slice(1)}-0`;

const controlPlane = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) =>
  program(name, [`${registry}/${name}:${kubernetes}`]),
);

/** Units of login, console and devices, which a node has none of. */
const masked = [
  ...['getty.target', 'console-getty.service', 'systemd-udevd.service', 'systemd-udev-trigger.service'],
  'systemd-logind.service',
];

/** In the order in which they are built: what goes into the node image comes before it. */
export const plans: ImagePlan[] = [
  {
    name: 'pause',
    // what the suite asks for, and what kubeadm's own default is
    references: ['3.10', '3.10.1'].map((version) => `${registry}/pause:${version}`),
    programs: [],
    settings: ['ENTRYPOINT ["/pause", "-P"]'],
    note: "Debian's catatonit",
  },
  ...controlPlane,
  program('etcd', [`${registry}/etcd:${etcdTag}`]),
  program('coredns', [`${registry}/coredns/coredns:${dnsTag}`]),
  { ...program('kube-proxy', [`${registry}/kube-proxy:${kubernetes}`]), root: 'kube-proxy' },
  {
    name: 'nodejs',
    references: ['docker.io/library/node:24'],
    programs: [],
    root: 'nodejs',
    files: 'nodejs',
    settings: [path, 'ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["node"]'],
    note: 'the Node.js that netvet runs with, on Debian, without npm and compilers',
  },
  {
    name: 'postgres',
    references: ['docker.io/library/postgres:17'],
    programs: [],
    root: 'postgres',
    files: 'postgres',
    settings: [
      'ENV PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin ' +
        'PGDATA=/var/lib/postgresql/data',
      'STOPSIGNAL SIGINT',
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'CMD ["postgres"]',
      'EXPOSE 5432',
    ],
    note: "Debian's PostgreSQL 15",
  },
  {
    name: 'k6',
    references: [`docker.io/grafana/k6:${toolVersion('k6').slice(1)}`],
    programs: ['k6'],
    settings: [path, 'USER 12345', 'WORKDIR /home/k6', 'ENTRYPOINT ["k6"]'],
  },
  {
    // a node with all of the above inside it, unpacked; apart from the node image, so that a change of settings need
    // not do that again
    name: 'loaded',
    references: [],
    programs: [
      ...['kubelet', 'kubeadm', 'kubectl', 'containerd', 'containerd-shim-runc-v2', 'ctr'],
      ...['ptp', 'host-local', 'portmap', 'loopback'],
    ],
    root: 'node',
    settings: [path, 'RUN mkdir -p /kind'],
  },
  {
    name: 'node',
    references: [],
    programs: [],
    from: 'loaded',
    files: 'node',
    settings: [
      `RUN systemctl enable containerd kubelet && systemctl mask ${masked.join(' ')} && ` +
        'rm -f /etc/machine-id && touch /etc/machine-id',
      path,
      'ENV container=docker',
      'STOPSIGNAL SIGRTMIN+3',
      'ENTRYPOINT ["/usr/local/bin/entrypoint"]',
    ],
  },
];

/** CNI plugins are looked for in their own place. */
export const isPlugin = (program: string): boolean => ['ptp', 'host-local', 'portmap', 'loopback'].includes(program);

/** What the image is called in the engine. Never an official name: the official image may be there as well. */
export const localReference = (name: string): string => `netvet/${name}:${name === 'node' ? kubernetes : 'local'}`;

/** The node image that netvet builds. */
export const nodeImage = localReference('node');
