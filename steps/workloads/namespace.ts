import type { KubeObject } from '../kube/index.ts';
import { agentSource } from '../probe/index.ts';
import { agentConfigMap } from './pod.ts';

/** Label of everything that a run makes: `netvet cleanup` deletes by it. */
const runLabel = 'netvet.dev/run';

export function namespace(name: string, runId: string, labels: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...labels, [runLabel]: runId } } };
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
