import { parse } from 'yaml';
import type { KubeObject } from '../kube/index.ts';

/**
 * A NetworkPolicy from the YAML of a scenario. `$(NAME)` stands for the address of the Pod that the scenario calls so, `$(namespace NAME)`
 * for a namespace's real name; the policy's own namespace is the scenario's.
 */
export function policyFrom(
  yaml: string,
  namespace: string,
  addressOf: (pod: string) => string,
  namespaceOf: (name: string) => string,
): KubeObject {
  const text = yaml.replaceAll(/\$\((namespace )?([a-z0-9-]+)\)/g, (_, kind: string | undefined, name: string) =>
    kind === undefined ? addressOf(name) : namespaceOf(name),
  );
  const policy = parse(text) as KubeObject;
  return {
    ...policy,
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...policy.metadata, namespace },
  };
}
