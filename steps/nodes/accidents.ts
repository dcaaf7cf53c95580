import { AssertionError } from 'node:assert';
import { isForbidden, type Kube, type KubeObject, saysReady } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { type Cell, runRound, satisfies } from '../probe/index.ts';
import { waits } from '../waits.ts';
import type { World } from '../world.ts';
import { NodeShell } from './shell.ts';

/** A thing that another program takes away: scripts of sh. */
interface Accident {
  /** Prints what there is, as `undo` takes it; words: the Pod ranges. Nothing: there is nothing to take away. */
  find: string;
  /** An extended regular expression: each such line of it is something to take away. */
  each: string;
  /** Takes away what `find` printed, which is in the file $1. */
  take: string;
  /** Puts it back, where the network has not: $1 is that file. */
  undo: string;
}

const ruleset = { find: 'nft list ruleset', undo: '{ echo flush ruleset; cat "$1"; } | nft -f -' };

/** A command of nft for everything of some kinds in the file $1, all in one transaction. */
const flushEach = (kinds: string) =>
  `while read -r kind a b rest; do case "$kind" in table) in="$a $b" ;; ` +
  `${kinds}) echo "flush $kind $in $a" ;; esac; done <"$1" | nft -f -`;

const accidents: Record<string, Accident> = {
  'all rules': { ...ruleset, each: '.', take: 'nft flush ruleset' },
  'the rules in all chains': { ...ruleset, each: '^\\s*chain ', take: flushEach('chain') },
  'the elements of all sets': { ...ruleset, each: '^\\s*(set|map) ', take: flushEach('set|map') },
  // a bridge has the kernel's own route to its Pods, which goes and comes with it
  'the routes to Pods': {
    find: 'for range; do ip -4 route show root "$range"; done | grep -v "proto kernel" || true',
    each: '.',
    take: 'while read -r route; do ip route del ${route%linkdown*}; done <"$1"',
    undo: 'while read -r route; do ip route add ${route%linkdown*} 2>/dev/null || true; done <"$1"',
  },
};

/**
 * Takes something away on the node of a Pod, as other programs do: firewalld when it reloads, an administrator,
 * systemd-networkd when it starts. It is put back after the scenario, if the network has not done so itself.
 */
export async function takeAway(world: World, what: string, pod: string): Promise<void> {
  const accident = accidents[what];
  if (accident === undefined) throw new BrokenError(`an accident is one of ${Object.keys(accidents).join(', ')}`);
  const { node } = world.actor(pod);
  const shell = await NodeShell.open(world, node, 'nothing');
  const nodes = await world.kube.list({ kind: 'Node' });
  const ranges = nodes.flatMap(({ spec }) => (spec.podCIDR as string | undefined) ?? []);
  const file = `/run/netvet-${world.freshKey()}`;
  const count = `{ grep -cE '${accident.each}' "$0" || true; }`;
  const found = await shell.run(`{ ${accident.find}; } >"$0" && ${count}`.replaceAll('$0', file), ...ranges);
  world.defer(() => shell.must('rm -f "$1"', file));
  if (found.code !== 0) throw new SkipError(`${node} cannot be asked for it: ${found.output.trim()}`);
  if (found.output.trim() === '0') throw new SkipError(`on ${node} there is nothing of the kind: ${what}`);
  let isHalf = true;
  world.defer(async () => {
    // unless all is as it should be again
    if (isHalf || world.late !== 'nothing') await shell.must(accident.undo, file);
  });
  await world.change(() => shell.must(accident.take, file));
  isHalf = false;
}

const table = 'an-accident';
const chain = `{ type filter hook forward priority 0; policy drop; }`;
const noteKey = 'before the accident';

interface Before {
  shell: NodeShell;
  node: string;
  warnings: Set<string>;
}

/** A table of nftables that drops all that the node forwards, as Docker, ufw and firewalld leave one. */
export async function dropForwarded(world: World, pod: string): Promise<void> {
  const { node } = world.actor(pod);
  const shell = await NodeShell.open(world, node, 'nothing');
  if ((await shell.run('command -v nft')).code !== 0) throw new SkipError(`${node} has no nft`);
  const warnings = new Set((await warningsOf(world.kube, node)).map(({ metadata }) => metadata.uid ?? ''));
  world.notes.set(noteKey, { shell, node, warnings } satisfies Before);
  world.defer(() => shell.must(`nft delete table ip ${table} 2>/dev/null || true`));
  await world.change(
    () => shell.must(`nft 'add table ip ${table}; add chain ip ${table} forward ${chain}'`),
    'allowed',
  );
}

/** The table goes; resolves when the node is Ready, as it was. */
export async function stopDropping(world: World): Promise<void> {
  const { shell, node } = world.notes.get(noteKey) as Before;
  await world.disturb(() => shell.must(`nft delete table ip ${table}`));
  const isReady = ([object]: KubeObject[]) => (object !== undefined && saysReady(object)) || undefined;
  await world.kube.until({ kind: 'Node', name: node }, `${node} to be Ready`, waits.nodeBack, isReady);
  world.recovered('node is Ready');
}

/** Warnings about a node. */
async function warningsOf(kube: Kube, node: string): Promise<KubeObject[]> {
  const events = await kube.list({ kind: 'Event', namespace: 'default' }).catch((error: unknown): KubeObject[] => {
    if (isForbidden(error)) return [];
    throw error;
  });
  return events.filter((event) => {
    const { kind, name } = event['involvedObject'] ?? {};
    return kind === 'Node' && name === node && event['type'] === 'Warning';
  });
}

/**
 * Connections go on, or the node is not Ready any more, or a Warning about it has come: each within what a change may
 * take. Fails when Pods are cut off and nobody says so.
 */
export async function expectReachedOrTold(world: World, client: string, server: string): Promise<void> {
  const { node, warnings } = world.notes.get(noteKey) as Before;
  const cells: Cell[] = [{ from: world.actor(client), to: world.target(server), expected: 'allowed' }];
  const look = async () => {
    const { results } = await runRound(cells, world.timeoutMs, world.worker.patience);
    const isReached = results.every(({ cell, verdict }) => satisfies(verdict, cell.expected));
    const told = await whatIsSaid(world.kube, node, warnings);
    return { isReached, told };
  };
  const { isReached, told } = await world.looking.until(world.timeoutMs, look, (seen) => seen.told !== undefined);
  if (told === undefined && !isReached)
    throw new AssertionError({
      message: `${client} does not reach ${server} any more, and neither a condition nor an event of ${node} says why`,
    });
  world.measure('cut off', isReached ? 0 : 1, '');
  if (told !== undefined) world.measure('said after', performance.now() - world.changedAt, 'ms');
}

/** What the cluster is told of a node since then: its Ready condition, or a Warning; undefined: nothing. */
async function whatIsSaid(kube: Kube, node: string, known: Set<string>): Promise<string | undefined> {
  const object = await kube.read({ kind: 'Node', metadata: { name: node } });
  if (!saysReady(object)) return `${node} is not Ready`;
  const fresh = (await warningsOf(kube, node)).find(({ metadata }) => !known.has(metadata.uid ?? ''));
  return fresh && `${fresh['reason']}: ${fresh['message']}`;
}
