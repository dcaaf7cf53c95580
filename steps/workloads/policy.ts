import { parse } from 'yaml';
import type { KubeObject } from '../kube/index.ts';

/**
 * A NetworkPolicy from the YAML of a scenario. `$(NAME)` stands for the address of the Pod that the scenario calls so; the
 * namespace is the scenario's.
 */
export function policyFrom(yaml: string, namespace: string, addressOf: (pod: string) => string): KubeObject {
  const text = yaml.replaceAll(/\$\(([a-z0-9-]+)\)/g, (_, name: string) => addressOf(name));
  const policy = parse(text) as KubeObject;
  return {
    ...policy,
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...policy.metadata, namespace },
  };
}
