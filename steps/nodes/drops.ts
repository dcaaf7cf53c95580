/** Another program that has a node drop what it forwards, and what is said of it. */
import { AssertionError } from 'node:assert';
import { isForbidden, type Kube, type KubeObject, saysReady } from '../kube/index.ts';
import { SkipError } from '../outcome.ts';
import { type Cell, runRound, satisfies } from '../probe/index.ts';
import { waits } from '../waits.ts';
import type { World } from '../world.ts';
import { isCniAgent } from './cni-agent.ts';
import { NodeShell } from './shell.ts';

const chain = `{ type filter hook forward priority 0; policy drop; }`;
const noteKey = 'before the accident';

/** What was said of a node by some moment. */
export interface Said {
  isReady: boolean;
  texts: Set<string>;
  /** Each at its time. */
  events: Set<string>;
}

interface Before extends Said {
  shell: NodeShell;
  node: string;
  /** The name of the table that drops; no other table has it. */
  table: string;
  /** Names of the objects of which events may speak: the node, and its agents of the CNI. */
  about: Set<string>;
}

const textOf = (event: KubeObject): string => `${event['reason']}: ${event['message']}`;
/** An event that comes again is written anew. */
const timeOf = ({ metadata }: KubeObject): string => `${metadata.uid} ${metadata.resourceVersion}`;

/** A table of nftables that drops all that the node forwards, as Docker, ufw and firewalld leave one. */
export async function dropForwarded(world: World, pod: string): Promise<void> {
  const { node } = world.actor(pod);
  const { kube } = world;
  const shell = await NodeShell.open(world, node, 'nothing');
  if ((await shell.run('command -v nft')).code !== 0) throw new SkipError(`${node} has no nft`);
  const agents = (await kube.list({ kind: 'Pod', node })).filter(isCniAgent);
  const about = new Set([`Node ${node}`, ...agents.map(({ metadata }) => `Pod ${metadata.name}`)]);
  const object = await kube.read({ kind: 'Node', metadata: { name: node } });
  const warnings = await warningsAbout(kube, about);
  const table = `netvet-accident-${world.parameters.runId}-${world.freshKey()}`;
  world.notes.set(noteKey, {
    ...{ shell, node, table, about, isReady: saysReady(object) },
    texts: new Set(warnings.map(textOf)),
    events: new Set(warnings.map(timeOf)),
  } satisfies Before);
  await shell.willTakeBack('what the node forwards is dropped', withoutTable(table));
  await world.change(
    () => shell.must(`nft 'add table ip ${table}; add chain ip ${table} forward ${chain}'`),
    'allowed',
  );
}

/** Somebody else may have deleted it. */
const withoutTable = (table: string): string =>
  `! nft list table ip ${table} >/dev/null 2>&1 || nft delete table ip ${table}`;

/** The table goes; resolves when the node is Ready, as it was. */
export async function stopDropping(world: World): Promise<void> {
  const { shell, node, table } = world.notes.get(noteKey) as Before;
  await world.disturb(() => shell.must(withoutTable(table)));
  const isReady = ([object]: KubeObject[]) => (object !== undefined && saysReady(object)) || undefined;
  await world.kube.until({ kind: 'Node', name: node }, `${node} to be Ready`, waits.nodeBack, isReady);
  world.recovered('node is Ready');
}

/** Warnings about these objects, of any namespace. */
async function warningsAbout(kube: Kube, about: Set<string>): Promise<KubeObject[]> {
  const events = await kube.list({ kind: 'Event' }).catch((error: unknown): KubeObject[] => {
    if (isForbidden(error)) return [];
    throw error;
  });
  return events.filter((event) => {
    const { kind, name } = event['involvedObject'] ?? {};
    return event['type'] === 'Warning' && about.has(`${kind} ${name}`);
  });
}

/** How packets that do not come through are spoken of, and in conditions of a node its network. */
const ofDrops = /\b(drop|block|reject|forward|firewall|cut off)/i;
const ofNetwork = /\b(network|cni)/i;

/**
 * Sentences on the node and its agents that are new since then: those that `name` what is in the way, or speak of such
 * things, and others. What was said before in the same words is only new where it names it.
 */
export function newsOf(
  { isReady, texts, events }: Said,
  name: string,
  node: KubeObject,
  warnings: KubeObject[],
): { ofIt: string[]; others: string[] } {
  const ready = (node['status']?.conditions ?? []).find(({ type }: { type: string }) => type === 'Ready');
  const condition = isReady && !saysReady(node) ? [`not Ready: ${ready?.reason ?? ''}: ${ready?.message ?? ''}`] : [];
  const fresh = warnings.filter((event) => !events.has(timeOf(event))).map(textOf);
  const isOfIt = (text: string) => {
    if (text.includes(name)) return true;
    return !texts.has(text) && (ofDrops.test(text) || (condition.includes(text) && ofNetwork.test(text)));
  };
  const all = [...condition, ...fresh];
  return { ofIt: all.filter(isOfIt), others: all.filter((text) => !isOfIt(text)) };
}

/**
 * Connections go on, or the node is no longer Ready for the network's sake, or a Warning speaks of it: each within what
 * a change may take. Fails when Pods are cut off and nobody says anything; what says something else is observed.
 */
export async function expectReachedOrTold(world: World, client: string, server: string): Promise<void> {
  const before = world.notes.get(noteKey) as Before;
  const { shell, node, table, about } = before;
  const cells: Cell[] = [{ from: world.actor(client), to: world.target(server), expected: 'allowed' }];
  const look = async () => {
    const { results } = await runRound(cells, world.timeoutMs, world.worker.patience);
    const isReached = results.every(({ cell, verdict }) => satisfies(verdict, cell.expected));
    const object = await world.kube.read({ kind: 'Node', metadata: { name: node } });
    return { isReached, ...newsOf(before, table, object, await warningsAbout(world.kube, about)) };
  };
  const seen = await world.looking.until(world.timeoutMs, look, ({ ofIt }) => ofIt.length > 0);
  const { isReached, ofIt, others } = seen;
  world.measure('cut off', isReached ? 0 : 1, '');
  if (ofIt.length > 0) {
    world.measure('said after', performance.now() - world.changedAt, 'ms');
    return;
  }
  if (isReached) {
    // whoever has taken the table away has let nothing through
    const isThere = (await shell.run(`nft list table ip ${table} >/dev/null`)).code === 0;
    if (!isThere) world.observe(`somebody on ${node} has deleted the table that drops`);
    return;
  }
  const what = `${client} does not reach ${server} any more`;
  const said = others.join('; ');
  if (said !== '') {
    world.observe(`${what}, and what is said of ${node} may be about it: ${said}`);
    return;
  }
  throw new AssertionError({ message: `${what}, and neither a condition nor an event of ${node} says why` });
}
