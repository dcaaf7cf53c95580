/** The k6-operator, which makes several k6 Pods of one TestRun: https://github.com/grafana/k6-operator */
import { readFile } from 'node:fs/promises';
import { CustomObjectsApi } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { type Kube, type KubeObject, openKube } from './cni/kube.ts';
import { parseManifest } from './cni/manifest.ts';
import { isReady } from './cni/ready.ts';
import { fetchSource } from './cni/source.ts';
import { configOf } from './existing/kubeconfig.ts';

const version = 'v1.6.0';

/** Written to this release, and not run here: its images come from a registry only. */
export const operatorRelease = {
  version,
  source: {
    url: `https://raw.githubusercontent.com/grafana/k6-operator/${version}/bundle.yaml`,
    sha256: '13daa0834738333b53b40802d0578aa137616a9685b636eadbdbcb66b6976f42',
  },
  namespace: 'k6-operator-system',
  images: [`ghcr.io/grafana/k6-operator:controller-${version}`],
  /** What tells paused runners to begin; the operator's own default is the newest one. */
  starterImage: `ghcr.io/grafana/k6-operator:starter-${version}`,
};

/** All of the release, its CustomResourceDefinitions first. Rejects when it cannot be had, or is another one. */
export const operatorObjects = async (): Promise<KubeObject[]> =>
  parseManifest(await readFile(await fetchSource(operatorRelease.source), 'utf8'));

type Where = Pick<Cluster, 'kubeconfig' | 'context'>;

/** Applied -> its Pod is Ready, its image pulled. */
const readyMs = 180_000;

/** Whether the API has TestRuns: somebody has installed the operator. */
export async function servesTestRuns(where: Where): Promise<boolean> {
  const api = configOf(where).makeApiClient(CustomObjectsApi);
  return api.getAPIResources({ group: 'k6.io', version: 'v1alpha1' }).then(
    ({ resources }) => resources.some(({ kind }) => kind === 'TestRun'),
    (error: { code?: number }) => {
      if (error.code === 404) return false;
      throw error;
    },
  );
}

/** Installs the release and waits until it is ready. Where that fails, only what was applied is taken away again. */
export async function installOperator({ kubeconfig, context }: Where): Promise<void> {
  const objects = await operatorObjects();
  const kube = await openKube(kubeconfig, context);
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

type Waiting = { reason?: string; message?: string } | undefined;

/** An image that cannot be pulled will not be there later. */
const unpulled = ({ status }: KubeObject): Waiting =>
  ((status?.containerStatuses ?? []) as { state?: { waiting?: Waiting } }[])
    .map(({ state }) => state?.waiting)
    .find((waiting) => /^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(waiting?.reason ?? ''));

async function ready(kube: Kube): Promise<void> {
  let fault: Waiting;
  await kube.until(`/api/v1/namespaces/${operatorRelease.namespace}/pods`, readyMs, (pods) => {
    fault = pods.map(unpulled).find((waiting) => waiting !== undefined);
    return pods.some(isReady) || fault ? [] : ["the operator's Pod is not Ready"];
  });
  if (fault) throw new Error(`${operatorRelease.images.join()} cannot be had: ${fault.message ?? fault.reason}`);
}
