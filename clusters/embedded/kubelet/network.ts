/** A node's Pod network as its kubelet sees it: the configuration, whether it works, and what is attached. */
import { EventEmitter, once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '../node/index.ts';
import type { Attachment, NetworkConfig } from './cni/index.ts';
import * as cni from './cni/index.ts';
import { doubling, sleep, waits } from './wait.ts';

export type NodeNetwork = ReturnType<typeof startNetwork>;

/**
 * Watches the configuration, asks plugins for their STATUS and collects garbage, until stop(). `changed` is told when
 * the network begins or ceases to work: undefined, or what is wrong. `looked`: each time that the node has answered.
 */
export function startNetwork(node: Node, changed: (problem: string | undefined) => void, looked: () => void) {
  const directory = join(node.state, 'etc-cni/net.d');
  const attachments = new Map<string, Attachment>();
  /** Names of every network there has been. */
  const networks = new Set<string>();
  const stopped = new AbortController();
  const reports = new EventEmitter<{ changed: [] }>().setMaxListeners(0);
  let config: NetworkConfig | undefined;
  let problem: string | undefined = 'cni plugin not initialized';
  let wake = new AbortController();
  let collected = { source: '', at: 0 };
  let collecting: Promise<unknown> | undefined;
  /** ADDs and DELs that have begun and not ended. */
  let changes = 0;

  async function loop(): Promise<void> {
    while (!stopped.signal.aborted) {
      wake = new AbortController();
      report(await examine());
      looked();
      await collectGarbage();
      const isWaitedFor = problem !== undefined && config !== undefined;
      await sleep(isWaitedFor ? waits.statusNotReady : waits.status, wake.signal);
    }
  }

  /** What is wrong, in the words of containerd and the kubelet. */
  async function examine(): Promise<string | undefined> {
    try {
      config = cni.loadConfig(directory);
      if (config === undefined) return 'cni plugin not initialized';
      networks.add(config.name);
      await cni.status(node, config);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  function report(now: string | undefined): void {
    if (now === problem || stopped.signal.aborted) return;
    problem = now;
    changed(problem);
    reports.emit('changed');
  }

  /** When a configuration is new, and once a while, in a moment in which nothing is being changed. */
  async function collectGarbage(): Promise<void> {
    if (config === undefined || problem !== undefined || changes > 0) return;
    if (collected.source === config.source && Date.now() - collected.at <= waits.garbage) return;
    collected = { source: config.source, at: Date.now() };
    collecting = cni.collectGarbage(node, config, [...attachments.values()]);
    try {
      await collecting;
    } finally {
      collecting = undefined;
    }
  }

  /**
   * ADD and DEL run side by side, and never beside a GC: an attachment that it does not know of yet would be garbage to
   * it (https://www.cni.dev/docs/spec/#lifecycle--ordering).
   */
  async function change<T>(work: () => Promise<T>): Promise<T> {
    if (collecting !== undefined) {
      await collecting;
      return change(work);
    }
    changes += 1;
    try {
      return await work();
    } finally {
      changes -= 1;
    }
  }

  /** Without a configuration on disk, that of the ADD: Pods must go away even after their CNI was uninstalled. */
  function cachedConfig(attachment: Attachment): NetworkConfig | undefined {
    for (const network of networks) {
      const cached = cni.recall(node.state, network, attachment);
      if (cached) return cni.parseConfig(Buffer.from(cached.config, 'base64').toString(), true);
    }
    return undefined;
  }

  const watcher = watch(directory, () => wake.abort());
  void loop();
  return {
    /** What is wrong with it; undefined while it works. */
    problem: () => problem,

    /** Resolves when the network works, or when the signal fires. */
    async ready(signal: AbortSignal): Promise<void> {
      for (;;) {
        if (problem === undefined || signal.aborted) return;
        await once(reports, 'changed', { signal }).catch(() => {});
      }
    },

    /** ADD. Gives the Pod's addresses. What fails is undone. */
    attach: (attachment: Attachment): Promise<string[]> =>
      change(async () => {
        const used = config;
        if (used === undefined) throw new cni.CniError('cni plugin not initialized');
        attachments.set(attachment.containerId, attachment);
        try {
          return cni.addressesOf(await cni.add(node, used, attachment), attachment.ifname);
        } catch (error) {
          // the specification asks for a DEL after a failed ADD; if that fails too, GC or the next one has it
          await cni.del(node, used, attachment).catch(() => {});
          attachments.delete(attachment.containerId);
          throw error;
        }
      }),

    /** DEL, again and again until it succeeds; each failure is reported. */
    async detach(attachment: Attachment, failed: (error: Error) => void): Promise<void> {
      for (let attempt = 0; !stopped.signal.aborted; attempt += 1) {
        try {
          const used = config ?? cachedConfig(attachment);
          if (used !== undefined) await change(() => cni.del(node, used, attachment));
          break;
        } catch (error) {
          failed(error as Error);
          await sleep(doubling(waits.networkFirst, waits.networkMost, attempt), stopped.signal);
        }
      }
      attachments.delete(attachment.containerId);
    },

    stop(): void {
      stopped.abort();
      wake.abort();
      watcher.close();
    },
  };
}

/** The kubelet's sentence about a runtime whose network does not work. */
export const networkNotReady = (problem: string): string =>
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
  `message:Network plugin returns error: ${problem}`;
