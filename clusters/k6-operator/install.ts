import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { Kube, type KubeObject } from '../cni/kube.ts';
import { operatorObjects, operatorRelease } from './release.ts';

/** A context of a kubeconfig; absent: its current one. */
interface ClusterAddress {
  kubeconfig: string;
  context?: string;
}

/** Applied -> its Pod is Ready, its image pulled. */
const readyMs = 180_000;

/** Whether the API has TestRuns: somebody has installed the operator. */
export async function servesTestRuns({ kubeconfig, context }: ClusterAddress): Promise<boolean> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (context !== undefined) config.setCurrentContext(context);
  const api = config.makeApiClient(CustomObjectsApi);
  return api.getAPIResources({ group: 'k6.io', version: 'v1alpha1' }).then(
    ({ resources }) => resources.some(({ kind }) => kind === 'TestRun'),
    (error: { code?: number }) => {
      if (error.code === 404) return false;
      throw error;
    },
  );
}

/**
 * Installs the release and waits until it is ready. Rejects with the reason where it does not get so far; then what was applied of it is
 * taken away again, and nothing else is.
 */
export async function installOperator({ kubeconfig, context }: ClusterAddress): Promise<void> {
  const objects = await operatorObjects();
  const kube = await Kube.open(kubeconfig, context);
  const { namespace } = operatorRelease;
  if ((await kube.find('v1', 'Namespace', namespace)) !== undefined)
    throw new Error(`the namespace ${namespace} is there already, and whose it is cannot be known`);
  const applied: KubeObject[] = [];
  try {
    for (const object of objects) {
      await kube.apply([object]);
      applied.unshift(object);
    }
    await ready(kube);
  } catch (error) {
    const left = await kube.delete(applied).then(
      () => '',
      (problem: Error) => `; ${problem.message}`,
    );
    throw new Error(`${(error as Error).message}${left}`, { cause: error });
  }
}

interface Waiting {
  reason?: string;
  message?: string;
}

/** An image that cannot be pulled will not be there later. */
const unpulled = ({ status }: KubeObject): Waiting | undefined =>
  ((status?.containerStatuses ?? []) as { state?: { waiting?: Waiting } }[])
    .map(({ state }) => state?.waiting)
    .find((waiting) => /^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(waiting?.reason ?? ''));

async function ready(kube: Kube): Promise<void> {
  let fault: Waiting | undefined;
  await kube.until(`/api/v1/namespaces/${operatorRelease.namespace}/pods`, readyMs, (pods) => {
    fault = pods.map(unpulled).find((waiting) => waiting !== undefined);
    const isReady = pods.some(({ status }) =>
      ((status?.conditions ?? []) as { type: string; status: string }[]).some(
        (condition) => condition.type === 'Ready' && condition.status === 'True',
      ),
    );
    return isReady || fault ? [] : ["the operator's Pod is not Ready"];
  });
  if (fault) throw new Error(`${operatorRelease.images.join()} cannot be had: ${fault.message ?? fault.reason}`);
}
