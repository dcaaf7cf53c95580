import { SkipError } from '../outcome.ts';
import type { World } from '../world.ts';
import { actorsOn, reconnect } from './reconnect.ts';
import { NodeShell } from './shell.ts';

const mainPid = 'systemctl show --property MainPID --value';

/** Restarts a service of a Pod's node. Resolves when the new one runs and the node's Pods can be asked again. */
export async function restartUnit(world: World, unit: string, pod: string): Promise<void> {
  const { node } = world.actor(pod);
  const shell = await NodeShell.open(world, node);
  if ((await shell.run('systemctl is-active --quiet "$1"', unit)).code !== 0)
    throw new SkipError(`${node} has no running service "${unit}"`);
  const former = await shell.must(`${mainPid} ${unit}`);
  await world.disturb(() => shell.launch('exec systemctl restart "$1"', { words: [unit] }));
  const another = (pid: string) => /^[1-9]\d*$/.test(pid) && pid !== former;
  await shell.follow(`another ${unit}`, `${mainPid} ${unit} && systemctl is-active --quiet ${unit}`, another);
  await reconnect(world, actorsOn(world, node));
  world.recovered(`${unit} restarted`);
}
