import type { KubeObject } from '../kube/index.ts';
import { agentSource } from '../probe/index.ts';
import { agentConfigMap } from './pod.ts';

/** Label of every namespace that a run makes, and who runs it: `netvet cleanup` deletes by them. */
const runLabel = 'netvet.dev/run';
const runnerAnnotation = 'netvet.dev/runner';

/**
 * Some scenarios are about host ports and the node's own network, which clusters that hold Pods to a stricter standard refuse
 * unless the namespace says so (https://kubernetes.io/docs/concepts/security/pod-security-admission/).
 */
const security = { 'pod-security.kubernetes.io/enforce': 'privileged' };

/** A namespace of a run. */
export function namespace(
  name: string,
  run: { runId: string; runner: string },
  labels: Record<string, string>,
): KubeObject {
  const metadata = {
    name,
    labels: { ...labels, ...security, [runLabel]: run.runId },
    annotations: { [runnerAnnotation]: run.runner },
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

/** The agent's code, which every test Pod mounts. */
export function agentCode(namespaceName: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: agentConfigMap, namespace: namespaceName },
    data: { 'agent.mjs': agentSource() },
  };
}
