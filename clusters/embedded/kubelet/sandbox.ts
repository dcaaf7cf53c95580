/** A Pod's sandbox: network, UTS and IPC namespaces that containers join. Files hold them, not a process. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command.ts';
import type { Container, Pod } from '../kinds.ts';
import type { Node } from '../node/index.ts';
import type { Objects } from '../objects.ts';
import { quantity } from '../quantity.ts';
import type { Attachment } from './cni/index.ts';
import { type DnsSettings, dnsOf, hostnameOf } from './hosts.ts';
import { type NodeNetwork, networkNotReady } from './network.ts';
import { doubling, type Limiter, sleep, waits } from './wait.ts';

export interface Sandbox {
  /** 64 hexadecimal digits, as containerd's. */
  id: string;
  /** Path of the network namespace on the node; undefined for a Pod of the node's own network. */
  netns: string | undefined;
  /** argv in front of a command on the node that is to run in its namespaces. */
  join: string[];
}

const directory = (id: string) => `/run/netvet/sandboxes/${id}`;

/** Makes a sandbox. Nothing of it is left if that fails. */
async function createSandbox(node: Node, pod: Pod): Promise<Sandbox> {
  const id = randomBytes(32).toString('hex');
  if (pod.spec.hostNetwork) return { id, netns: undefined, join: [] };
  const netns = `/run/netns/cni-${randomUUID()}`;
  const files = { net: netns, uts: `${directory(id)}/uts`, ipc: `${directory(id)}/ipc` };
  mkdirSync(join(node.state, directory(id)), { recursive: true });
  for (const file of Object.values(files)) writeFileSync(join(node.state, file), '');
  const namespaces = Object.entries(files).map(([kind, file]) => `--${kind}=${file}`);
  const sandbox = { id, netns, join: ['nsenter', ...namespaces, '--'] };
  const { sysctls = [] } = pod.spec.securityContext ?? {};
  const settings = sysctls.flatMap(({ name, value }) => [name.replaceAll('.', '/'), value]);
  const script = ['sh', join(import.meta.dirname, 'sandbox.sh'), hostnameOf(pod), ...settings];
  const argv = ['unshare', ...namespaces, ...script];
  const result = await node.shim.run(argv, {});
  if (result.exitCode !== 0) {
    removeSandbox(node, sandbox);
    throw new CommandError(argv, result);
  }
  return sandbox;
}

/** Idempotent. A file on which a namespace is mounted elsewhere is unmounted there: the kernel drops the namespace. */
function removeSandbox(node: Node, sandbox: Sandbox): void {
  if (sandbox.netns === undefined) return;
  rmSync(join(node.state, sandbox.netns), { force: true });
  rmSync(join(node.state, directory(sandbox.id)), { recursive: true, force: true });
}

/** Bursts are unlimited, as containerd sends them; JSON numbers carry no larger integer exactly. */
const unlimited = Number.MAX_SAFE_INTEGER;

// https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/#support-traffic-shaping
function bandwidth(annotations: Record<string, string>): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const way of ['Ingress', 'Egress']) {
    // in bits per second
    const rate = quantity(annotations[`kubernetes.io/${way.toLowerCase()}-bandwidth`]);
    if (rate === undefined) continue;
    limits[`${way}Rate`] = rate;
    limits[`${way}Burst`] = unlimited;
  }
  return limits;
}

function portMappings(pod: Pod): object[] {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  return containers
    .flatMap(({ ports = [] }) => ports)
    .filter(({ hostPort }) => hostPort)
    .map(({ hostPort, containerPort, protocol = 'TCP', hostIP }) => ({
      HostPort: hostPort,
      ContainerPort: containerPort,
      Protocol: protocol.toLowerCase(),
      HostIP: hostIP ?? '',
    }));
}

/**
 * What a Pod asks of its network, as containerd hands it to plugins: internal/cri/server/sandbox_run.go,
 * cniNamespaceOpts. The names are those of go-cni's Go fields, "HostPort", and not those of the CNI conventions,
 * "hostPort": its structs say no others.
 */
function attachmentOf(pod: Pod, containerId: string, netns: string, dns: DnsSettings): Attachment {
  const { namespace = '', name, uid = '', annotations = {} } = pod.metadata;
  const ports = portMappings(pod);
  const limits = bandwidth(annotations);
  const { servers: Servers, searches: Searches, options: Options } = dnsOf(pod, dns);
  return {
    containerId,
    netns,
    ifname: 'eth0',
    pod: { namespace, name, uid },
    capabilities: {
      ...(ports.length > 0 && { portMappings: ports }),
      ...(Object.keys(limits).length > 0 && { bandwidth: limits }),
      dns: { Servers, Searches, Options },
      'io.kubernetes.cri.pod-annotations': annotations,
    },
  };
}

/** What all Pods of a node share. */
export interface PodHost {
  objects: Objects;
  node: Node;
  network: NodeNetwork;
  dns: DnsSettings;
  /** Bounds how many sandboxes and containers are started at once, on all nodes: they share the processors. */
  starting: Limiter;
  event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string, container?: Container): void;
}

/** The sandbox that a Pod has now, if any, and its attachment to the network. */
export function podSandbox({ node, network, dns, starting }: PodHost, warn: (reason: string, message: string) => void) {
  let current: Sandbox | undefined;
  /** Stay known after it was stopped: the status of a finished Pod names them. */
  let podIPs: string[] = [];
  let attachment: Attachment | undefined;

  async function attach(pod: Pod): Promise<void> {
    current = await createSandbox(node, pod);
    if (current.netns === undefined) {
      podIPs = [node.address];
      return;
    }
    const wanted = attachmentOf(pod, current.id, current.netns, dns);
    podIPs = await network.attach(wanted);
    attachment = wanted;
  }

  function remove(): void {
    if (current) removeSandbox(node, current);
    current = undefined;
  }

  return {
    current: () => current,
    podIPs: () => podIPs,

    /** Somebody removed the network namespace from under the Pod. */
    isLost: (): boolean => current?.netns !== undefined && !existsSync(join(node.state, current.netns)),

    /** Makes a sandbox and puts it on the network, again and again until that works or the signal fires. */
    async create(pod: Pod, signal: AbortSignal): Promise<void> {
      const problem = network.problem();
      if (!pod.spec.hostNetwork && problem !== undefined) {
        warn('NetworkNotReady', `network is not ready: ${networkNotReady(problem)}`);
        await network.ready(signal);
      }
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        try {
          await starting(() => (signal.aborted ? Promise.resolve() : attach(pod)));
          return;
        } catch (error) {
          const what = `failed to setup network for sandbox "${current?.id ?? ''}": ${(error as Error).message}`;
          warn('FailedCreatePodSandBox', `Failed to create pod sandbox: rpc error: code = Unknown desc = ${what}`);
          remove();
          podIPs = [];
          await sleep(doubling(waits.networkFirst, waits.networkMost, attempt), signal);
        }
      }
    },

    /** DEL until it succeeds, then the end of the sandbox. Idempotent. */
    async stop(): Promise<void> {
      if (attachment) {
        const what = `failed to destroy network for sandbox "${current?.id}"`;
        await network.detach(attachment, ({ message }) =>
          warn('FailedKillPod', `error killing pod: ${what}: ${message}`),
        );
      }
      attachment = undefined;
      remove();
    },
  };
}
