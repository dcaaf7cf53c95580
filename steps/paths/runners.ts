import { readFileSync } from 'node:fs';
import { execIn, type KubeObject } from '../kube/index.ts';
import { type Ended, type Ground, K6 } from '../load/k6.ts';
import { BrokenError } from '../outcome.ts';
import { waits } from '../waits.ts';
import { type K6Options, k6ApiPort, k6Job, k6TestRun, testRunLabel } from '../workloads/visitor-k6/index.ts';

/** Load from several Pods. */
export interface Runners {
  count: number;
  /** A TestRun where the cluster has the k6-operator, an indexed Job elsewhere. */
  by: 'TestRun' | 'Job';
  /** What a TestRun tells its runners to begin with. */
  starterImage: string;
}

/** A container with Node.js, from which runners can be told to begin. */
interface Bystander {
  pod: string;
  container: string;
}

/** Runs k6 once in several Pods that begin together, for so many seconds. Resolves when all have ended and are gone. */
export async function runTogether(
  ground: Ground,
  name: string,
  runners: Runners,
  options: Pick<K6Options, 'script' | 'env'>,
  { seconds, bystander }: { seconds: number; bystander: Bystander },
): Promise<Ended[]> {
  const { kube, namespace, image } = ground;
  const { count, by, starterImage } = runners;
  const each = { ...options, env: { ...options.env, RUNNERS: count } };
  const object =
    by === 'Job'
      ? k6Job(namespace, name, image, each, count)
      : k6TestRun(namespace, name, { k6: image, starter: starterImage }, each, count);
  await ground.create(object);
  try {
    const pods = await podsOf(ground, runners, name);
    const all = await Promise.all(pods.map((pod) => K6.attend(ground, pod)));
    if (by === 'Job') await begin(ground, pods, bystander);
    return await Promise.all(all.map((k6) => k6.ended(seconds)));
  } finally {
    await kube.delete(object);
  }
}

/** Names of the runners' Pods, once all are there. Other Pods of a TestRun fail when its script or image is no good. */
function podsOf({ kube, namespace }: Ground, { count, by }: Runners, name: string): Promise<string[]> {
  const labelSelector = by === 'Job' ? `app=${name}` : `${testRunLabel}=${name}`;
  const isRunner = ({ metadata }: KubeObject) => by === 'Job' || metadata.labels?.['runner'] === 'true';
  return kube.until({ kind: 'Pod', namespace, labelSelector }, `${count} runners`, waits.runners, (pods) => {
    const failed = pods.find((pod) => !isRunner(pod) && pod['status']?.phase === 'Failed');
    if (failed) throw new BrokenError(`the TestRun's Pod ${failed.metadata.name} failed: kubectl logs says why`);
    const runners = pods.filter(isRunner);
    return runners.length >= count ? runners.map(({ metadata }) => metadata.name) : undefined;
  });
}

async function begin({ kube, namespace }: Ground, pods: string[], bystander: Bystander): Promise<void> {
  const all = await kube.list({ kind: 'Pod', namespace });
  const addresses = all
    .filter(({ metadata }) => pods.includes(metadata.name))
    .map(({ status }) => `${status.podIP}:${k6ApiPort}`);
  const code = readFileSync(new URL('begin.ts', import.meta.url), 'utf8');
  const argv = ['node', '--input-type=module-typescript', '-e', code, ...addresses];
  const how = { what: 'telling the runners to begin', timeoutMs: waits.runnersBegin };
  const { code: exitCode, output } = await execIn(kube, { namespace, ...bystander }, argv, how);
  if (exitCode !== 0) throw new BrokenError(`the runners could not be told to begin: ${output.trim().slice(-500)}`);
}
