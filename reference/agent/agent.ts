import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { createFollow } from '../dataplane/follow.ts';
import { createIpDataplane, readUnderlay, setSysctl } from '../dataplane/ip/index.ts';
import { createNft } from '../dataplane/nft/index.ts';
import { createRun } from '../dataplane/run.ts';
import { type Desired, type Mutant, model, type Snapshot } from '../model/index.ts';
import { linkPrefix } from '../model/spoofing.ts';
import type { Underlay } from '../model/types.ts';
import { Attachments } from './attachments.ts';
import type { Config } from './config.ts';
import { createConflicts } from './conflicts.ts';
import { explainFor } from './explain.ts';
import { Guard } from './guard/index.ts';
import { HealthCheckPorts, serveHealth } from './health.ts';
import { installConfiguration, installPlugin } from './install.ts';
import { createClient } from './kube/client.ts';
import { nodeEvents, serviceEvents } from './kube/events.ts';
import { watchCluster } from './kube/source.ts';
import { Liveness } from './liveness.ts';
import { acquireLock } from './lock.ts';
import { briefOf, type Log, messageOf } from './log.ts';
import { createNetwork, metricsOf } from './network.ts';
import { nodeFiles, paths } from './node.ts';
import { type Applied, Reconciler } from './reconciler.ts';
import { listenOnSocket } from './server.ts';

/** Waits of the agent, in milliseconds. */
const times = {
  /** DELs that the plugin wrote down, because it could not ask. */
  deletions: 5_000,
  /** Setting up the node failed: again after this. */
  setUp: 1_000,
};

/** A running agent. */
export interface Agent {
  /** Ends the agent's work and leaves the node's network as it is. What is being added or removed is finished first. */
  stop: () => Promise<void>;
}

/** Conflicts that could not be told are looked at again after this, in milliseconds. */
const conflictsMs = 60_000;

/**
 * Starts the agent of one node. Resolves when it answers the plugin. By then it may have nothing but "try again" to
 * say; what it waits for is in STATUS and in /readyz.
 */
export async function startAgent(config: Config, mutant: Mutant, log: Log): Promise<Agent> {
  const files = nodeFiles(config.hostRoot);
  const waiting = () => log('another agent is at work on this node: waiting for its end');
  const releaseLock = await acquireLock(files.path(paths.lock), files.path(paths.socket), waiting);
  const run = createRun(config.hostPrefix);
  const ip = createIpDataplane(run, config.hostRoot);
  const nft = createNft({ run });
  const healthChecks = new HealthCheckPorts(log);
  const client = createClient(config.apiServer);
  const tellOfService = serviceEvents(client, config.nodeName, log);
  const conflicts = createConflicts((service, reason, message) => {
    const [namespace = '', name = ''] = service.split('/');
    const { uid = '' } = source.service(namespace, name)?.metadata ?? {};
    const isTold = tellOfService({ namespace, name, uid }, reason, message);
    if (isTold) log(message, { reason });
    return isTold;
  });
  const stopped = new AbortController();
  let underlay: Underlay | undefined;
  let installed = false;
  /** The Services that were told to those who look at all of them. */
  let told: Desired['services']['entries'] | undefined;
  let toldAt = 0;
  let isAllTold = true;
  let trouble: string | undefined = 'the agent is starting';

  const liveness = new Liveness();
  const carryOut = (desired: Desired) => liveness.watch("a change of the node's network", apply(desired));
  const reconciler: Reconciler = new Reconciler({ snapshot: begin, model, mutant, apply: carryOut, applied, log });
  const changed = (closes: boolean) => (closes ? reconciler.hurry() : reconciler.kick());
  const podLeft = (address: string) => nft.podLeft(address);
  const source = watchCluster(client, config.nodeName, changed, stopped.signal, podLeft);
  const sync = () => reconciler.sync();
  const owesFlows = (address: string) => nft.owes(address);
  const attachments = new Attachments({ run, files, hostRoot: config.hostRoot, ip, sync, owesFlows, log });

  const linkSettings = () => reconciler.state.last?.desired.spoofing.linkSettings ?? [];

  const guard = new Guard({
    run,
    hostRoot: config.hostRoot,
    follow: createFollow(config.hostPrefix),
    ip,
    nft,
    reconciler,
    attachments,
    tell: nodeEvents(client, config.nodeName, log),
    log,
  });

  /** What a pass begins with. */
  function begin(): Snapshot | undefined {
    guard.passBegins();
    return snapshot();
  }

  function snapshot(): Snapshot | undefined {
    if (!source.synced() || underlay === undefined) return undefined;
    const { index } = source;
    index.attach(attachments.list());
    return {
      ...source.objects(),
      // made only for who asks: the index has what follows from them
      get pods() {
        return [...source.pods(), ...index.forgotten()];
      },
      index,
      node: config.nodeName,
      attachments: attachments.list(),
      clusterCIDRs: config.clusterCidrs,
      underlay,
      lost: guard.lost,
    };
  }

  /** Brings links, routes and rules to the desired state, both sides at once: what one has done counts by itself. */
  async function apply(desired: Desired): Promise<Applied> {
    const [links, tables] = await Promise.allSettled([applyLinks(desired), applyTables(desired)]);
    if (tables.status === 'rejected') throw tables.reason;
    if (links.status === 'rejected') throw links.reason;
    return { problems: links.value, ...tables.value };
  }

  /** Resolves with what could not be done. */
  async function applyLinks({ anew, fabric, hostPorts }: Desired): Promise<Applied['problems']> {
    if (anew.links) ip.resync();
    const problems = await ip.apply(fabric);
    guard.restored('links');
    for (const link of hostPorts.routeLocalnet) {
      setSysctl(config.hostRoot, `net/ipv4/conf/${link}/route_localnet`, '1');
    }
    return problems;
  }

  /** Resolves when the rules are in force, with what resolves when old flows were forgotten. */
  async function applyTables(desired: Desired): Promise<{ settled: Applied['settled'] }> {
    const { problems, forgotten } = await nft.apply(desired);
    guard.restored('tables');
    if (problems.length > 0) log('nft needed help', { problems });
    const settled = forgotten.then((flows) => {
      if (flows.problems.length > 0) log('old flows could not be forgotten', { problems: flows.problems });
    });
    return { settled };
  }

  function applied({ desired }: { desired: Desired }): void {
    const { entries } = desired.services;
    if (entries !== told) healthChecks.update(entries.values());
    // what could not be told now is told later; but somebody may make conflicts without an end
    if (entries !== told || (!isAllTold && performance.now() - toldAt > conflictsMs)) {
      isAllTold = conflicts(entries.values());
      toldAt = performance.now();
    }
    told = entries;
    if (installed || typeof network.ready() === 'string') return;
    install();
    installed = true;
    attachments.secure(desired.spoofing.linkSettings);
    guard.restoreLinks();
    log('the node takes Pods', { range: desired.fabric.local, mtu: desired.fabric.podMtu });
  }

  const verify = () => guard.verifyTables(true);
  const ailments = () => [...guard.ailments(), ...nft.ailments()];
  const network = createNetwork({
    config,
    source,
    reconciler,
    attachments,
    trouble: () => trouble,
    verify,
    ailments,
    log,
  });

  /** What runtimes need: the plugin first, the configuration that names it last. Only what is missing is written. */
  function install(): void {
    installPlugin(files, config.pluginFile);
    installConfiguration(files);
  }

  /** What the node itself is like, and what it has to be like for any Pod. */
  async function readNode(): Promise<void> {
    if (!setSysctl(config.hostRoot, 'net/ipv4/ip_forward', '1'))
      throw new Error('net.ipv4.ip_forward cannot be set to 1');
    const links = await readUnderlay(run, linkPrefix);
    // the same object means no change
    if (!isDeepStrictEqual(links, underlay?.links)) underlay = { mode: config.fabric, links };
    await guard.verify();
  }

  async function setUp(): Promise<void> {
    try {
      await attachments.repair();
      await readNode();
      trouble = undefined;
      reconciler.kick(0);
    } catch (error) {
      trouble = `the node could not be set up: ${briefOf(error)}`;
      log('the node could not be set up', { error: messageOf(error) });
      if (!stopped.signal.aborted) setTimeout(() => void setUp(), times.setUp);
    }
  }

  function every(ms: number, what: string, task: () => Promise<void>): NodeJS.Timeout {
    return setInterval(() => {
      if (trouble === undefined) task().catch((error) => log(`${what} failed`, { error: messageOf(error) }));
    }, ms);
  }

  attachments.load();
  const unready = () => {
    const now = network.ready();
    return [...new Set([...(typeof now === 'string' ? [now] : []), ...network.ailments(), ...source.silence()])];
  };
  const metrics = () => ({ ...metricsOf(reconciler, source, network), ...guard.metrics() });
  const said = { unready, notes: () => guard.notes(), overdue: () => liveness.overdue(), metrics };
  const health = await serveHealth(config.healthPort, said, log);
  const server = await listenOnSocket(files, {
    network,
    explain: (query) => explainFor(snapshot(), query),
    watch: (what, work) => liveness.watch(what, work),
  });
  const timers = [
    every(times.deletions, 'working off DELs', () => attachments.workOff()),
    every(config.resyncMs, 'comparing with the kernel', async () => {
      await readNode();
      if (installed) install();
      attachments.secure(linkSettings());
      // ports that others had may be free by now
      told = undefined;
      reconciler.kick();
    }),
  ];
  log('the agent is at work', { node: config.nodeName, api: config.apiServer });
  await setUp();

  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      // takes no new requests, and waits for those that are being answered
      await once(server.close(), 'close');
      await attachments.idle();
      guard.stop();
      stopped.abort();
      await reconciler.stop();
      healthChecks.close();
      health.close();
      client.close();
      releaseLock();
    },
  };
}
