import { AssertionError } from 'node:assert';
import { type ContainerStatus, containersOf, type Kube, type KubeObject, warningsAbout } from './kube/index.ts';
import { BrokenError } from './outcome.ts';
import { harness, voidShare, watchHarness } from './probe/index.ts';

/** Reasons of a container that waits for an image that will not come; the kubelet has tried by then. */
const hopeless = ['ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName'];

/** Why one of the Pods cannot start: a sentence on the image that its node cannot have. */
export function missingImage(pods: KubeObject[]): string | undefined {
  const stuckIn = (pod: KubeObject) =>
    containersOf(pod).flatMap(({ image, state }) => {
      const { reason = '', message = '' } = state?.waiting ?? {};
      const text = `the image ${image} cannot be had on ${pod['spec'].nodeName}: ${reason} ${message}`.trim();
      return hopeless.includes(reason) ? [text] : [];
    });
  return pods.flatMap(stuckIn)[0];
}

/** What a kubelet says when the network did not do its part: no sandbox, so no ADD, or none that succeeded. */
const networkFault = /FailedCreatePodSandBox|NetworkNotReady|FailedKillPod/;

/** A container that ended though it was to go on. */
function crashed(pods: KubeObject[]): string | undefined {
  const hasEnded = ({ state }: ContainerStatus) =>
    (state?.terminated?.exitCode ?? 0) !== 0 || state?.waiting?.reason === 'CrashLoopBackOff';
  const sentences = pods.flatMap((pod) =>
    containersOf(pod)
      .filter(hasEnded)
      .map((one) => `container ${one.name} of ${pod.metadata.name} ended, ${one.restartCount} times so far`),
  );
  return sentences[0];
}

/**
 * Waits for Pods of a namespace. If it does not come, it says whose fault that is: AssertionError with the kubelet's
 * event where a Pod got no network or crashed, BrokenError otherwise. `names`: of the Pods; absent: all of the
 * namespace.
 */
export async function orFault<T>(kube: Kube, namespace: string, waiting: Promise<T>, names?: string[]): Promise<T> {
  watchHarness();
  const began = performance.now();
  try {
    return await waiting;
  } catch (error) {
    if (!(error instanceof BrokenError)) throw error;
    const all = await kube.list({ kind: 'Pod', namespace }).catch((): KubeObject[] => []);
    const pods = all.filter(({ metadata }) => names === undefined || names.includes(metadata.name));
    const warnings = await warningsAbout(kube, namespace, names ?? pods.map(({ metadata }) => metadata.name));
    const crash = crashed(pods);
    const text = `${error.message}${crash === undefined ? '' : `; ${crash}`}${warnings}`;
    const now = performance.now();
    // a node that is not run either is late with everything
    const nobodyLooked = harness.sum(began, now) > voidShare * (now - began);
    const noAddress = pods.some(({ status }) => !status?.podIP) && networkFault.test(warnings);
    const isTheirs = missingImage(pods) === undefined && (crash !== undefined || noAddress);
    if (isTheirs && !nobodyLooked) throw new AssertionError({ message: text });
    throw new BrokenError(text, { cause: error });
  }
}
