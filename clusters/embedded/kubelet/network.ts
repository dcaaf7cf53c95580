/** A node's Pod network as its kubelet sees it: the configuration, whether it works, and what is attached. */
import { EventEmitter, once } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '../node/index.ts';
import type { Attachment, NetworkConfig } from './cni/index.ts';
import * as cni from './cni/index.ts';
import { doubling, sleep, waits } from './wait.ts';

export class NodeNetwork {
  readonly #node: Node;
  readonly #changed: (problem: string | undefined) => void;
  readonly #attachments = new Map<string, Attachment>();
  /** Names of every network there has been. */
  readonly #networks = new Set<string>();
  readonly #stopped = new AbortController();
  readonly #reports = new EventEmitter<{ changed: [] }>().setMaxListeners(0);
  readonly #watcher: FSWatcher;
  #config: NetworkConfig | undefined;
  /** Undefined while it works. */
  problem: string | undefined = 'cni plugin not initialized';
  #wake = new AbortController();
  #collected = { source: '', at: 0 };
  #collecting: Promise<unknown> | undefined;
  /** ADDs and DELs that have begun and not ended. */
  #changes = 0;

  /**
   * Watches the configuration, asks plugins for their STATUS and collects garbage, until stop(). `changed` is told when
   * the network begins or ceases to work: undefined, or what is wrong.
   */
  constructor(node: Node, changed: (problem: string | undefined) => void) {
    this.#node = node;
    this.#changed = changed;
    this.#watcher = watch(join(this.#node.state, 'etc-cni/net.d'), () => this.#wake.abort());
    void this.#loop();
  }

  stop(): void {
    this.#stopped.abort();
    this.#wake.abort();
    this.#watcher.close();
  }

  /** Resolves when the network works, or when the signal fires. */
  async ready(signal: AbortSignal): Promise<void> {
    while (this.problem !== undefined && !signal.aborted)
      await once(this.#reports, 'changed', { signal }).catch(() => {});
  }

  /** ADD. Gives the Pod's addresses. What fails is undone. */
  attach(attachment: Attachment): Promise<string[]> {
    return this.#change(() => this.#attach(attachment));
  }

  async #attach(attachment: Attachment): Promise<string[]> {
    const config = this.#config;
    if (config === undefined) throw new cni.CniError('cni plugin not initialized');
    this.#attachments.set(attachment.containerId, attachment);
    try {
      return cni.addressesOf(await cni.add(this.#node, config, attachment), attachment.ifname);
    } catch (error) {
      // the specification asks for a DEL after a failed ADD; if that fails too, GC or the next one has it
      await cni.del(this.#node, config, attachment).catch(() => {});
      this.#attachments.delete(attachment.containerId);
      throw error;
    }
  }

  /** DEL, again and again until it succeeds; each failure is reported. */
  async detach(attachment: Attachment, failed: (error: Error) => void): Promise<void> {
    for (let attempt = 0; !this.#stopped.signal.aborted; attempt += 1) {
      try {
        const config = this.#config ?? this.#cachedConfig(attachment);
        if (config !== undefined) await this.#change(() => cni.del(this.#node, config, attachment));
        break;
      } catch (error) {
        failed(error as Error);
        await sleep(doubling(waits.delFirst, waits.delMost, attempt), this.#stopped.signal);
      }
    }
    this.#attachments.delete(attachment.containerId);
  }

  /**
   * Without a configuration on disk, the one of the ADD. containerd would wait for a new configuration; here Pods must
   * go away even after their CNI was uninstalled.
   */
  #cachedConfig(attachment: Attachment): NetworkConfig | undefined {
    for (const network of this.#networks) {
      const cached = cni.recall(this.#node.state, network, attachment);
      if (cached) return cni.parseConfig(Buffer.from(cached.config, 'base64').toString(), true);
    }
    return undefined;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#wake = new AbortController();
      this.#report(await this.#examine());
      await this.#collectGarbage();
      const isWaitedFor = this.problem !== undefined && this.#config !== undefined;
      await sleep(isWaitedFor ? waits.statusNotReady : waits.status, this.#wake.signal);
    }
  }

  /** What is wrong, in the words of containerd and the kubelet. */
  async #examine(): Promise<string | undefined> {
    try {
      this.#config = cni.loadConfig(join(this.#node.state, 'etc-cni/net.d'));
      if (this.#config === undefined) return 'cni plugin not initialized';
      this.#networks.add(this.#config.name);
      await cni.status(this.#node, this.#config);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #report(problem: string | undefined): void {
    if (problem === this.problem || this.#stopped.signal.aborted) return;
    this.problem = problem;
    this.#changed(problem);
    this.#reports.emit('changed');
  }

  /**
   * ADD and DEL run side by side, and never beside a GC: an attachment that it does not know of yet would be garbage to
   * it (https://www.cni.dev/docs/spec/#lifecycle--ordering).
   */
  async #change<T>(work: () => Promise<T>): Promise<T> {
    while (this.#collecting !== undefined) await this.#collecting;
    this.#changes += 1;
    try {
      return await work();
    } finally {
      this.#changes -= 1;
    }
  }

  /**
   * When a configuration is new, and once a while: whatever a killed plugin or a lost DEL left behind. It can wait for
   * a moment in which nothing is being changed.
   */
  async #collectGarbage(): Promise<void> {
    if (this.#config === undefined || this.problem !== undefined || this.#changes > 0) return;
    const due = this.#collected.source !== this.#config.source || Date.now() - this.#collected.at > waits.garbage;
    if (!due) return;
    this.#collected = { source: this.#config.source, at: Date.now() };
    this.#collecting = cni.collectGarbage(this.#node, this.#config, [...this.#attachments.values()]);
    try {
      await this.#collecting;
    } finally {
      this.#collecting = undefined;
    }
  }
}

/** The kubelet's sentence about a runtime whose network does not work. */
export const networkNotReady = (problem: string): string =>
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
  `message:Network plugin returns error: ${problem}`;
