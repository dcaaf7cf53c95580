/** What is built, from what, and what it is called. Pure data. */

import type { RootName } from './roots.ts';
import { kubernetes, pauseVersions, suiteImages, toolVersion } from './versions.ts';

export interface ImagePlan {
  /** What `--only` takes. */
  name: string;
  /** Names that nodes, Pods and kubeadm know it by. None for what no node runs. */
  references: string[];
  /** Programs of scripts/tool.sh, placed in /usr/local/bin. */
  programs: string[];
  root?: RootName;
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

/** In the order in which they are built: what goes into the node image comes before it. */
export const plans: ImagePlan[] = [
  {
    name: 'pause',
    references: pauseVersions.map((version) => `${registry}/pause:${version}`),
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
    references: [suiteImages.nodejs],
    programs: [],
    root: 'nodejs',
    files: 'nodejs',
    settings: [path, 'ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["node"]'],
    note: 'the Node.js that netvet runs with, on Debian, without npm and compilers',
  },
  {
    name: 'postgres',
    references: [suiteImages.postgres],
    programs: [],
    root: 'postgres',
    files: 'postgres',
    settings: [
      'ENV PATH=/usr/local/bin:/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin PGDATA=/var/lib/postgresql/data',
      'STOPSIGNAL SIGINT',
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'CMD ["postgres"]',
      'EXPOSE 5432',
    ],
    note: "Debian's PostgreSQL 15",
  },
  {
    name: 'k6',
    references: [suiteImages.k6],
    programs: ['k6'],
    settings: [path, 'USER 12345', 'WORKDIR /home/k6', 'ENTRYPOINT ["k6"]'],
  },
  {
    // a node with all of the above inside it, unpacked; apart from the node image, so that a change of settings need not do that again
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
      // nothing of a login, a console, or devices
      'RUN systemctl enable containerd kubelet && systemctl mask getty.target console-getty.service systemd-udevd.service systemd-udev-trigger.service systemd-logind.service && rm -f /etc/machine-id && touch /etc/machine-id',
      path,
      'ENV container=docker',
      'STOPSIGNAL SIGRTMIN+3',
      'ENTRYPOINT ["/usr/local/bin/entrypoint"]',
    ],
  },
];

/** CNI plugins are looked for in their own place. */
export const isPlugin = (program: string): boolean => ['ptp', 'host-local', 'portmap', 'loopback'].includes(program);

/** What the image is called in the engine. Never an official name: those may be there as well, and are their owners'. */
export const localReference = (name: string): string => `netvet/${name}:${name === 'node' ? kubernetes : 'local'}`;

/** The node image that netvet builds. */
export const nodeImage = localReference('node');
