import { type KubeObject, objectOf } from '../kube/index.ts';

/** Label of every namespace that a run makes, and who runs it: `netvet cleanup` deletes by them. */
export const runLabel = 'netvet.dev/run';
const runnerAnnotation = 'netvet.dev/runner';

/**
 * Some scenarios are about host ports and the node's own network, which clusters that hold Pods to a stricter standard
 * refuse unless the namespace says so (https://kubernetes.io/docs/concepts/security/pod-security-admission/).
 */
const security = { 'pod-security.kubernetes.io/enforce': 'privileged' };

/** A namespace of a run. */
export function namespace(
  name: string,
  { runId, runner }: { runId: string; runner: string },
  labels: Record<string, string>,
): KubeObject {
  const all = { ...labels, ...security, [runLabel]: runId };
  return objectOf('Namespace', { name, labels: all, annotations: { [runnerAnnotation]: runner } });
}
