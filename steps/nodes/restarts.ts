import { AssertionError } from 'node:assert';
import { saysReady } from '../kube/index.ts';
import { SkipError } from '../outcome.ts';
import { isControlPlane } from '../worker.ts';
import type { World } from '../world.ts';
import { actorsOn, meetRestarted, reconnect } from './reconnect.ts';
import { NodeShell } from './shell.ts';

/** On a Node that is a container: whoever made it says by this annotation that its engine starts it again. */
const rebootable = 'netvet.dev/reboots';

/** Other than uptime, it is the node's own also where the node is a container. */
const bootTime = 'systemctl show --property UserspaceTimestampMonotonic --value';

/** Reboots the node on which a Pod is. Resolves when its Pods run again. */
export async function rebootNode(world: World, pod: string): Promise<void> {
  const { node } = world.actor(pod);
  const object = await world.kube.read({ kind: 'Node', metadata: { name: node } });
  if (isControlPlane(object)) throw new SkipError(`${node} is a control plane: without it nothing can be watched`);
  const shell = await NodeShell.open(world, node);
  const inContainer = (await shell.run('systemd-detect-virt --quiet --container')).code === 0;
  if (inContainer && object.metadata.annotations?.[rebootable] !== 'true')
    throw new SkipError(
      `${node} is a container, and nothing says that its engine starts it again ` +
        `(annotation ${rebootable}=true on the Node)`,
    );
  const former = await shell.must(bootTime);
  const affected = actorsOn(world, node);
  await world.disturb(() => shell.launch('exec systemctl reboot --no-wall'));
  const another = (time: string) => /^\d+$/.test(time) && time !== former;
  await shell.follow('a fresh start', bootTime, another).catch(async (error: Error) => {
    if (saysReady(await world.kube.read({ kind: 'Node', metadata: { name: node } }))) throw error;
    throw new AssertionError({ message: `${node} was told to reboot, and is not Ready again: ${error.message}` });
  });
  world.measure('node is back', performance.now() - world.changedAt, 'ms');
  await meetRestarted(world, affected);
  world.recovered("node's Pods are back");
}

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
