import { CoreV1Api, KubeConfig, type V1Pod, Watch } from '@kubernetes/client-node';
import type { Cluster } from '../clusters/cluster.ts';
import type { Sample } from './table.ts';

const isReady = (pod: V1Pod) =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

/** API create -> a watch says Ready, for Pods with one container that runs Node, one after the other. */
export async function podReady(cluster: Cluster, count: number): Promise<Sample> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const waiting = new Map<string, () => void>();
  const watch = await new Watch(config).watch(
    '/api/v1/namespaces/default/pods',
    {},
    (_type, pod: V1Pod) => {
      if (isReady(pod)) waiting.get(pod.metadata?.name ?? '')?.();
    },
    () => {},
  );
  const milliseconds: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const name = `bench-${i}`;
    const ready = new Promise<void>((resolve) => waiting.set(name, resolve));
    const command = ['node', '-e', "require('node:http').createServer().listen(80)"];
    const began = performance.now();
    await api.createNamespacedPod({
      namespace: 'default',
      body: {
        metadata: { name },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'node', image: 'node:24', command }] },
      },
    });
    await ready;
    milliseconds.push(performance.now() - began);
    await api.deleteNamespacedPod({ name, namespace: 'default' });
  }
  watch.abort();
  return { name: 'Pod with a Node container, API create to Ready', milliseconds };
}
