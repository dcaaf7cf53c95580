/** A Pod's place on the network: its sandbox, and the sandbox's attachment. */
import type { Node } from '../node/index.ts';
import { attachmentOf } from './attachment.ts';
import type { Attachment } from './cni/index.ts';
import type { DnsSettings } from './hosts.ts';
import type { Limiter } from './limit.ts';
import { type NodeNetwork, networkNotReady } from './network.ts';
import { createSandbox, removeSandbox, type Sandbox, sandboxExists } from './sandbox.ts';
import type { Pod } from './types.ts';
import { doubling, sleep, waits } from './wait.ts';

export interface MembershipHost {
  node: Node;
  network: NodeNetwork;
  dns: DnsSettings;
  starting: Limiter;
}

export type Warn = (reason: string, message: string) => void;

export class Membership {
  readonly #host: MembershipHost;
  readonly #warn: Warn;
  #sandbox: Sandbox | undefined;
  #attachment: Attachment | undefined;
  #podIPs: string[] = [];

  constructor(host: MembershipHost, warn: Warn) {
    this.#host = host;
    this.#warn = warn;
  }

  get sandbox(): Sandbox | undefined {
    return this.#sandbox;
  }

  /** Stay known after it was left: the status of a finished Pod names them. */
  get podIPs(): string[] {
    return this.#podIPs;
  }

  /** Somebody removed the network namespace. */
  get isLost(): boolean {
    return this.#sandbox !== undefined && !sandboxExists(this.#host.node, this.#sandbox);
  }

  /** Makes a sandbox and puts it on the network, again and again until that works or the signal fires. */
  async enter(pod: Pod, signal: AbortSignal): Promise<void> {
    const { network, starting } = this.#host;
    if (!pod.spec.hostNetwork && network.problem !== undefined) {
      this.#warn('NetworkNotReady', `network is not ready: ${networkNotReady(network.problem)}`);
      await network.ready(signal);
    }
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await starting(() => (signal.aborted ? Promise.resolve() : this.#attach(pod)));
        return;
      } catch (error) {
        this.#refused(error as Error);
        await sleep(doubling(waits.sandboxFirst, waits.sandboxMost, attempt), signal);
      }
    }
  }

  async #attach(pod: Pod): Promise<void> {
    const { node, network, dns } = this.#host;
    this.#sandbox = await createSandbox(node, pod);
    if (this.#sandbox.netns === undefined) {
      this.#podIPs = [node.address];
      return;
    }
    const attachment = attachmentOf(pod, this.#sandbox, dns);
    this.#podIPs = await network.attach(attachment);
    this.#attachment = attachment;
  }

  #refused({ message }: Error): void {
    const what = `failed to setup network for sandbox "${this.#sandbox?.id ?? ''}": ${message}`;
    this.#warn('FailedCreatePodSandBox', `Failed to create pod sandbox: rpc error: code = Unknown desc = ${what}`);
    if (this.#sandbox) removeSandbox(this.#host.node, this.#sandbox);
    this.#sandbox = undefined;
    this.#podIPs = [];
  }

  /** DEL until it succeeds, then the end of the sandbox. Idempotent. */
  async leave(): Promise<void> {
    if (this.#attachment) {
      await this.#host.network.detach(this.#attachment, ({ message }) =>
        this.#warn(
          'FailedKillPod',
          `error killing pod: failed to destroy network for sandbox "${this.#sandbox?.id}": ${message}`,
        ),
      );
    }
    this.#attachment = undefined;
    if (this.#sandbox) removeSandbox(this.#host.node, this.#sandbox);
    this.#sandbox = undefined;
  }
}
