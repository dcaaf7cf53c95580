/** kube-router for routes and policies beside kube-proxy, as its release's kubeadm-kuberouter.yaml installs it. */
import { renameImage } from './manifest.ts';
import type { Release } from './released.ts';

const version = 'v2.1.0';
const image = `docker.io/cloudnativelabs/kube-router:${version}`;

export const release: Release = {
  name: 'kube-router',
  // the newest that its module's proxy has
  version,
  programs: [],
  images: [image],
  kubeProxy: 'iptables',
  runs: 'not here: its image needs a registry',
  source: {
    module: 'github.com/cloudnativelabs/kube-router/v2',
    version,
    sum: 'h1:xWsptKtmZ44L+NjwFKoFAFlVdxCz8fka9A/eYJe95Ok=',
    path: 'daemonset/kubeadm-kuberouter.yaml',
  },
  // the release names no tag, which means whatever is newest on the day
  edit: (objects) => renameImage(objects, 'docker.io/cloudnativelabs/kube-router', image),
  daemonSet: { name: 'kube-router', namespace: 'kube-system' },
  diagnostics: { 'ip sets': ['ipset', 'list'], 'iptables rules': ['iptables-save'] },
};
