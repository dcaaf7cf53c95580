/** A node: a container that runs systemd, and in it containerd and the kubelet. */
import { existsSync } from 'node:fs';
import { GenericContainer, Wait } from 'testcontainers';
import { label } from './labels.ts';

export interface NodeOptions {
  cluster: string;
  name: string;
  role: 'control-plane' | 'worker';
  image: string;
  network: string;
  address: string;
  labels: Record<string, string>;
}

/** Milliseconds from a container's start to containerd's first answer: 2 s, on a machine that is busy 20. */
const startMs = 120_000;

/** What a container cannot be told through GenericContainer's own methods, it is told through the two objects that those fill in. */
export class NodeContainer extends GenericContainer {
  constructor(options: NodeOptions) {
    super(options.image);
    const { cluster, name, role, network, address, labels } = options;
    this.withName(name)
      .withHostname(name)
      .withLabels({ ...labels, [label.cluster]: cluster, [label.role]: role })
      .withPrivilegedMode()
      .withSecurityOpt('seccomp=unconfined', 'apparmor=unconfined')
      .withTmpFs({ '/tmp': '', '/run': '' })
      .withNetworkMode(network)
      // its reaper is one more image to be had; everything is labelled, and deleted by label
      .withAutoCleanup(false)
      .withWaitStrategy(Wait.forSuccessfulCommand('ctr version'))
      .withStartupTimeout(startMs);
    // Docker would make the directory where there is none
    if (existsSync('/lib/modules')) {
      this.withBindMounts([{ source: '/lib/modules', target: '/lib/modules', mode: 'ro' }]);
    }
    // overlay mounts need a file system that is none itself, and a node's state should outlive its restart
    this.createOpts.Volumes = { '/var': {} };
    // systemd writes what it does to a terminal, where it has one
    this.createOpts.Tty = true;
    // an address that stays: certificates and etcd are made for it
    this.createOpts.NetworkingConfig = {
      EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: address } } },
    };
    Object.assign(this.hostConfig, {
      CgroupnsMode: 'private',
      Init: false,
      // a node that reboots itself comes back; one that cannot start does not try for ever
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    });
  }
}
