import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrokenError, SkipError } from '../outcome.ts';
import type { World } from '../world.ts';
import { NodeShell } from './shell.ts';

/** What another program takes away: scripts of sh on the node. $1 is a directory of their own, then the Pod ranges. */
interface Accident {
  /** Keeps there what `undo` needs, and prints how many there are to take away. Fails where nobody could undo it. */
  find: string;
  take: string;
  /** Brings back what the network has not. */
  undo: string;
}

const ruleset = readFileSync(join(import.meta.dirname, 'ruleset.sh'), 'utf8');
const files = { 'ruleset.sh': ruleset };
const rules = (command: string) => `sh "$1/ruleset.sh" ${command}`;

/** Of nftables; `kinds` is a pattern of what ruleset.sh tells apart. */
const ofRules = (kinds: string): Accident => ({
  find: `${rules('save "$1"')} && ${rules(`count "$1" '${kinds}'`)}`,
  take: rules(`flush "$1" '${kinds}'`),
  undo: rules('restore "$1"'),
});

const accidents: Record<string, Accident> = {
  'all rules': ofRules('.*'),
  'the rules in all chains': ofRules('chain'),
  'the elements of all sets': ofRules('set|map'),
  // a bridge has the kernel's own route to its Pods, which goes and comes with it
  'the routes to Pods': {
    find: `dir=$1; shift; for range; do ip -o -4 route show root "$range" || exit; done >"$dir/all"
grep -v 'proto kernel' "$dir/all" | tr -d '\\\\' | sed 's/ linkdown//g' >"$dir/routes"
grep -c . "$dir/routes" || true`,
    take: 'while read -r route; do ip route del $route || exit; done <"$1/routes"',
    // of a Pod that has gone meanwhile there is no link any more
    undo: `[ -f "$1/routes" ] || exit 0
while read -r route; do
  said=$(ip route add $route 2>&1) && continue
  case $said in *exists* | *'Cannot find device'*) ;; *) echo "$route: $said"; failed=1 ;; esac
done <"$1/routes"
[ -z "\${failed-}" ]`,
  },
};

/**
 * Takes something away on the node of a Pod, as other programs do: firewalld when it reloads, an administrator,
 * systemd-networkd when it starts. What nobody has put back by the end of the scenario is put back then.
 */
export async function takeAway(world: World, what: string, pod: string): Promise<void> {
  const accident = accidents[what];
  if (accident === undefined) throw new BrokenError(`an accident is one of ${Object.keys(accidents).join(', ')}`);
  const { node } = world.actor(pod);
  const shell = await NodeShell.open(world, node, 'nothing');
  const nodes = await world.kube.list({ kind: 'Node' });
  const ranges = nodes.flatMap(({ spec }) => (spec.podCIDR as string | undefined) ?? []);
  const record = await shell.willTakeBack(`${what} were taken away`, accident.undo, files);
  const found = await shell.run(accident.find, record, ...ranges);
  const count = Number(found.output);
  if (found.code !== 0 || Number.isNaN(count))
    throw new SkipError(`${what} on ${node} could not be put back: ${found.output.trim()}`);
  if (count === 0) throw new SkipError(`on ${node} there is nothing of the kind: ${what}`);
  await world.change(() => shell.must(accident.take, record));
  world.measure(`taken away: ${what}`, count, '');
}
