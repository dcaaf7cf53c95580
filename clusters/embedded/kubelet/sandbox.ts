/** A Pod's sandbox: network, UTS and IPC namespaces that containers join. Files hold them, not a process. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command.ts';
import type { Container, Pod } from '../kinds.ts';
import type { Node } from '../node/index.ts';
import type { Objects } from '../objects.ts';
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
  const sysctls = (pod.spec.securityContext?.sysctls ?? []).flatMap(({ name, value }) => [
    name.replaceAll('.', '/'),
    value,
  ]);
  const script = ['sh', join(import.meta.dirname, 'sandbox.sh'), hostnameOf(pod), ...sysctls];
  const argv = ['unshare', ...namespaces, ...script];
  const result = await node.shim.run(argv, {});
  if (result.exitCode !== 0) {
    removeSandbox(node, sandbox);
    throw new CommandError(argv, result);
  }
  return sandbox;
}

/**
 * Idempotent. Removing a file that a namespace is mounted on elsewhere unmounts it there: the kernel drops the
 * namespace.
 */
function removeSandbox(node: Node, sandbox: Sandbox): void {
  if (sandbox.netns === undefined) return;
  rmSync(join(node.state, sandbox.netns), { force: true });
  rmSync(join(node.state, directory(sandbox.id)), { recursive: true, force: true });
}

/** Bursts are unlimited, as containerd sends them; JSON numbers carry no larger integer exactly. */
const unlimited = Number.MAX_SAFE_INTEGER;

const suffixes: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** A Kubernetes quantity, `10M`, in bits per second. */
function bits(quantity: string | undefined): number | undefined {
  const [, number, suffix = ''] = /^(\d+(?:\.\d+)?)(k|M|G|T|Ki|Mi|Gi)?$/.exec(quantity ?? '') ?? [];
  return number === undefined ? undefined : Number(number) * (suffixes[suffix] ?? 1);
}

/** https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/#support-traffic-shaping */
function bandwidth(annotations: Record<string, string>): object | undefined {
  const ingressRate = bits(annotations['kubernetes.io/ingress-bandwidth']);
  const egressRate = bits(annotations['kubernetes.io/egress-bandwidth']);
  if (ingressRate === undefined && egressRate === undefined) return undefined;
  return {
    ...(ingressRate !== undefined && { IngressRate: ingressRate, IngressBurst: unlimited }),
    ...(egressRate !== undefined && { EgressRate: egressRate, EgressBurst: unlimited }),
  };
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
      ...(limits && { bandwidth: limits }),
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
export class PodSandbox {
  readonly #host: PodHost;
  readonly #warn: (reason: string, message: string) => void;
  current: Sandbox | undefined;
  /** Stay known after it was stopped: the status of a finished Pod names them. */
  podIPs: string[] = [];
  #attachment: Attachment | undefined;

  constructor(host: PodHost, warn: (reason: string, message: string) => void) {
    this.#host = host;
    this.#warn = warn;
  }

  /** Somebody removed the network namespace from under the Pod. */
  get isLost(): boolean {
    const netns = this.current?.netns;
    return netns !== undefined && !existsSync(join(this.#host.node.state, netns));
  }

  /** Makes a sandbox and puts it on the network, again and again until that works or the signal fires. */
  async create(pod: Pod, signal: AbortSignal): Promise<void> {
    const { network, starting } = this.#host;
    const problem = network.problem();
    if (!pod.spec.hostNetwork && problem !== undefined) {
      this.#warn('NetworkNotReady', `network is not ready: ${networkNotReady(problem)}`);
      await network.ready(signal);
    }
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await starting(() => (signal.aborted ? Promise.resolve() : this.#attach(pod)));
        return;
      } catch (error) {
        const { message } = error as Error;
        const what = `failed to setup network for sandbox "${this.current?.id ?? ''}": ${message}`;
        this.#warn('FailedCreatePodSandBox', `Failed to create pod sandbox: rpc error: code = Unknown desc = ${what}`);
        this.#remove();
        this.podIPs = [];
        await sleep(doubling(waits.sandboxFirst, waits.sandboxMost, attempt), signal);
      }
    }
  }

  async #attach(pod: Pod): Promise<void> {
    const { node, network, dns } = this.#host;
    this.current = await createSandbox(node, pod);
    if (this.current.netns === undefined) {
      this.podIPs = [node.address];
      return;
    }
    const attachment = attachmentOf(pod, this.current.id, this.current.netns, dns);
    this.podIPs = await network.attach(attachment);
    this.#attachment = attachment;
  }

  /** DEL until it succeeds, then the end of the sandbox. Idempotent. */
  async stop(): Promise<void> {
    if (this.#attachment) {
      const what = `failed to destroy network for sandbox "${this.current?.id}"`;
      await this.#host.network.detach(this.#attachment, ({ message }) =>
        this.#warn('FailedKillPod', `error killing pod: ${what}: ${message}`),
      );
    }
    this.#attachment = undefined;
    this.#remove();
  }

  #remove(): void {
    if (this.current) removeSandbox(this.#host.node, this.current);
    this.current = undefined;
  }
}
