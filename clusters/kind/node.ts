/** A node: a container that runs systemd, and in it containerd and the kubelet. */
import { existsSync } from 'node:fs';
import type Docker from 'dockerode';
import { GenericContainer, type WaitStrategy } from 'testcontainers';
import { execIn } from './exec.ts';
import { label } from './labels.ts';
import { waitFor } from './wait.ts';

export interface NodeOptions {
  cluster: string;
  name: string;
  role: 'control-plane' | 'worker';
  image: string;
  network: string;
  address: string;
  labels: Record<string, string>;
}

/** Nothing is waited for here: the library removes, logs and all, what was not ready in time. nodeReady() waits. */
const atOnce: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => atOnce,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};

/** What GenericContainer has no method for is set on the two objects that its methods fill in. */
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
      .withWaitStrategy(atOnce);
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

/** Milliseconds from a container's start to containerd's first answer: 2 s, on a machine that is busy 20. */
const startMs = 120_000;

/** Resolves when a node's containerd answers. Rejects with what the node said last where it ends before. */
export async function nodeReady(node: Docker.Container): Promise<void> {
  await waitFor("the node's containerd to answer", startMs, async () => {
    const { State, Name, RestartCount } = await node.inspect();
    if (!State.Running || RestartCount > 0) {
      const said = String(await node.logs({ stdout: true, stderr: true, tail: 5 })).trim();
      throw new Error(`node ${Name.slice(1)} has ended (exit code ${State.ExitCode}): ${said}`);
    }
    return (await execIn(node, ['ctr', 'version'])).exitCode === 0;
  });
}
