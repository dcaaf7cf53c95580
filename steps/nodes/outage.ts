import { isReady } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { BrokenError, SkipError } from '../outcome.ts';
import { poll } from '../poll.ts';
import { waits } from '../waits.ts';
import { isControlPlane } from '../worker.ts';
import type { World } from '../world.ts';
import { meetRestarted, reconnect } from './reconnect.ts';
import { NodeShell } from './shell.ts';

/** Where kubeadm has the API server, and a place beside it that no kubelet looks into. */
const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const aside = '/etc/kubernetes/kube-apiserver.yaml.netvet';

/**
 * Takes the API server away for so many seconds: its manifest is moved out of the kubelet's sight and back again by the
 * node itself, since nothing can be told to the node meanwhile. While it is away, the sandbox of a Pod is killed, so
 * that its kubelet has to make it anew, network and all. Resolves when the API server and the Pod are back.
 */
export async function apiServerAway(world: World, seconds: number, pod: string): Promise<void> {
  const planes = (await world.kube.list({ kind: 'Node' })).filter(isControlPlane);
  const [plane] = planes;
  if (plane === undefined || planes.length > 1)
    throw new SkipError(`needs a cluster with one control plane among its nodes, and this one has ${planes.length}`);
  const server = await NodeShell.open(world, plane.metadata.name);
  if ((await server.run('test -f "$1"', manifest)).code !== 0)
    throw new SkipError(`the API server is no static Pod of ${plane.metadata.name}: there is no ${manifest}`);
  const victim = world.actor(pod);
  const worker = await NodeShell.open(world, victim.node);
  const pause = await pauseOf(worker, victim.pod.metadata.uid ?? '');
  const url = world.kube.config.getCurrentCluster()?.server ?? '';
  const inside = await worker.must(`sed -n 's/^ *server: *//p' /etc/kubernetes/kubelet.conf 2>/dev/null || true`);
  // the node kills the Pod when it sees for itself that the API server is away
  const gone = 'while curl -sk -m 1 -o /dev/null "$1/livez"; do sleep 0.2; done; exec kill -9 "$2"';
  await worker.launch(gone, { words: [inside || url, pause] });
  await world.disturb(() =>
    server.launch(`mv ${manifest} ${aside} && exec sleep "$1"`, {
      words: [String(seconds)],
      undo: `test ! -f ${aside} || mv ${aside} ${manifest}`,
    }),
  );
  // one that has only just begun knows no permissions yet
  const answers = () =>
    world.kube.list({ kind: 'Node' }).then(
      () => true,
      () => false,
    );
  await wait('the API server to go', async () => !(await answers()));
  const wentAt = performance.now();
  world.measure('API server gone', wentAt - world.changedAt, 'ms');
  await wait('the API server to come back', answers);
  world.measure('API server away', performance.now() - wentAt, 'ms');
  const others = [...world.actors.values()].filter((actor) => actor !== victim);
  await reconnect(world, others);
  await meetRestarted(world, [victim]);
  world.measure(`${pod} back after the API server went`, performance.now() - wentAt, 'ms');
  await controlPlaneBack(world, plane.metadata.name);
  world.changedAt = performance.now();
}

/** Schedulers and controllers end when they cannot renew their leases, and start again later and later. */
async function controlPlaneBack(world: World, node: string): Promise<void> {
  const pods = { kind: 'Pod', namespace: 'kube-system', node };
  const areReady = (own: KubeObject[]) => (own.length > 0 && own.every(isReady)) || undefined;
  await world.kube.until(pods, `the control plane on ${node}`, waits.controlPlane, areReady);
}

/** The process that holds a Pod's namespaces: "pause" in the Pod's cgroup, whose path has the Pod's uid in it. */
async function pauseOf(shell: NodeShell, uid: string): Promise<string> {
  const script = `for d in /proc/[0-9]*; do
  read -r name 2>/dev/null <"$d/comm" && [ "$name" = pause ] || continue
  grep -qE "$1|$2" "$d/cgroup" 2>/dev/null && echo "\${d#/proc/}"
done; true`;
  const pids = (await shell.must(script, uid, uid.replaceAll('-', '_'))).split('\n');
  if (pids.length !== 1 || pids[0] === '')
    throw new SkipError(`the container runtime of ${shell.node} holds Pods by no process called "pause"`);
  return pids[0] as string;
}

async function wait(what: string, isRight: () => Promise<boolean>): Promise<void> {
  if (!(await poll(waits.nodeBack, isRight))) throw new BrokenError(`waited ${waits.nodeBack / 1000} s for ${what}`);
}
