import type { Server } from 'node:http';
import { createIpDataplane, readUnderlay, setSysctl } from '../dataplane/ip/index.ts';
import { createRun } from '../dataplane/run.ts';
import { podRange, type Underlay } from '../model/fabric.ts';
import { model } from '../model/index.ts';
import type { Desired, Mutant, Snapshot } from '../model/types.ts';
import { linkPrefix } from './attachment/index.ts';
import { Attachments } from './attachments.ts';
import type { Network } from './cni/verbs.ts';
import type { Config } from './config.ts';
import { installConfiguration, installPlugin } from './install.ts';
import { createClient } from './kube/client.ts';
import { watchCluster } from './kube/source.ts';
import { acquireLock } from './lock.ts';
import { type Log, messageOf } from './log.ts';
import { nodeFiles } from './node.ts';
import { Reconciler } from './reconciler.ts';
import { listenOnSocket } from './server.ts';

/** Waits of the agent, in milliseconds. */
const times = {
  /** Reads that decide about a new Pod; after that the watch's knowledge has to do. */
  refresh: 2_000,
  /** DELs that the plugin wrote down, because it could not ask. */
  deletions: 5_000,
  /** Others can change links, routes and sysctls: everything is compared with the kernel this often. */
  resync: 60_000,
};

/** A running agent. */
export interface Agent {
  /** Ends the agent's work and leaves the node's network as it is. What is being added or removed is finished first. */
  stop(): Promise<void>;
}

/** Starts the agent of one node. Resolves when it answers the plugin; it may have nothing but "try again" to say by then. */
export async function startAgent(config: Config, mutant: Mutant | undefined, log: Log): Promise<Agent> {
  const run = createRun(config.hostPrefix);
  const files = nodeFiles(config.hostRoot);
  const releaseLock = await acquireLock(() => log('another agent is at work on this node: waiting for its end'));
  const stopped = new AbortController();
  const ip = createIpDataplane(run, config.hostRoot);
  let underlay: Underlay | undefined;

  setSysctl(config.hostRoot, 'net/ipv4/ip_forward', '1');

  async function readNode(): Promise<void> {
    underlay = { mode: config.fabric, links: await readUnderlay(run, linkPrefix) };
    ip.resync();
  }

  const source = watchCluster(createClient(config.apiServer), () => reconciler.kick(), stopped.signal);

  function snapshot(): Snapshot | undefined {
    if (!source.synced() || underlay === undefined) return undefined;
    return {
      ...source.objects(),
      node: config.nodeName,
      attachments: attachments.list(),
      clusterCIDRs: config.clusterCidrs,
      underlay,
    };
  }

  async function apply(desired: Desired): Promise<Map<string, string>> {
    return ip.apply(desired.fabric);
  }

  function applied(): void {
    if (typeof network.ready() !== 'string') installConfiguration(files);
  }

  const reconciler = new Reconciler({ snapshot, model, mutant, apply, applied, log });
  const attachments = new Attachments({
    run,
    files,
    hostRoot: config.hostRoot,
    ip,
    sync: () => reconciler.sync(),
    log,
  });

  const network: Network = {
    attachments,
    ready() {
      if (!source.synced())
        return `the API server at ${config.apiServer} was not reached: ${source.problems().join('; ')}`;
      const own = source.objects().nodes.find(({ metadata }) => metadata.name === config.nodeName);
      if (own === undefined) return `there is no Node ${config.nodeName}`;
      const [range] = podRange(own);
      if (range === undefined) return `Node ${config.nodeName} has no IPv4 spec.podCIDR yet`;
      const { last, error } = reconciler.state;
      if (last === undefined) return error ?? 'the node is being set up';
      return { range, mtu: last.desired.fabric.podMtu };
    },
    ailments() {
      const { error } = reconciler.state;
      return error === undefined ? [] : [error];
    },
    async refresh(pod) {
      await source.refresh(pod, times.refresh).catch((error: unknown) => {
        // the API server is away: what the watch brought is the newest there is
        log('a Pod is attached with what the watch knows', {
          pod: `${pod.namespace}/${pod.name}`,
          error: messageOf(error),
        });
      });
    },
  };

  await attachments.recover();
  await readNode();
  installPlugin(files, config.pluginFile);
  reconciler.kick();
  const server = await listenOnSocket(files, { network, explain: () => ({ exitCode: 1, stdout: 'not yet' }) });
  const timers = [
    setInterval(() => {
      attachments.workOffDeletions().catch((error) => log('written-down DELs failed', { error: messageOf(error) }));
    }, times.deletions),
    setInterval(() => {
      readNode().then(
        () => reconciler.kick(),
        (error) => log('the node could not be read', { error: messageOf(error) }),
      );
    }, times.resync),
  ];
  log('the agent is at work', { node: config.nodeName });

  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await close(server);
      await attachments.idle();
      stopped.abort();
      await reconciler.stop();
      await releaseLock();
    },
  };
}

/** Takes no new requests, and waits for those that are being answered. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
