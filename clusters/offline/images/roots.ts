/** The Debian root file systems of the images: which packages each has. */
import { type DebianRoot, withoutPaths } from './debian.ts';

export const roots = {
  /** A node: what kubeadm, the kubelet, containerd and CNIs look for on one. catatonit becomes the pause image. */
  node: {
    packages: [
      ...['systemd', 'systemd-sysv', 'dbus', 'runc', 'catatonit', 'jq', 'curl', 'ca-certificates', 'hostname'],
      ...['iproute2', 'iptables', 'nftables', 'conntrack', 'ipset', 'ethtool', 'socat', 'tcpdump', 'iputils-ping'],
      ...['mount', 'util-linux', 'procps', 'kmod', 'libseccomp2'],
    ],
  },
  /** The tools of the official node image that people use. Like that one, it has none that configure networks. */
  nodejs: {
    packages: ['libstdc++6', 'ca-certificates', 'curl', 'wget', 'procps', 'netbase', 'openssl', 'unzip', 'xz-utils'],
    options: ['--customize-hook=chroot "$1" useradd --uid 1000 --create-home --shell /bin/bash node'],
  },
  postgres: {
    packages: ['postgresql'],
    options: [
      // no database cluster yet, and no compiler of queries: a third of the size
      '--essential-hook=mkdir -p "$1/etc/postgresql-common" && ' +
        'echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"',
      ...withoutPaths('/usr/lib/x86_64-linux-gnu/libLLVM*', '/usr/lib/x86_64-linux-gnu/libz3*'),
      ...withoutPaths('/usr/lib/postgresql/*/lib/bitcode/*', '/usr/lib/postgresql/*/lib/llvmjit*'),
    ],
  },
  'kube-proxy': { packages: ['nftables', 'iptables', 'conntrack', 'ipset', 'kmod'] },
} satisfies Record<string, DebianRoot>;
