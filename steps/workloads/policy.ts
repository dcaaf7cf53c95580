import { parse } from 'yaml';
import { type KubeObject, objectOf } from '../kube/index.ts';

export const networkPolicy = (namespace: string, name: string, spec: object): KubeObject =>
  objectOf('NetworkPolicy', { name, namespace }, { spec });

/**
 * A NetworkPolicy from the YAML of a scenario. `$(NAME)` stands for the address of the Pod that the scenario calls so,
 * `$(namespace NAME)` for a namespace's real name, `$(LABELS)` for a selector.
 */
export function policyFrom(
  yaml: string,
  namespace: string,
  addressOf: (pod: string) => string,
  namespaceOf: (name: string) => string,
): KubeObject {
  const text = yaml
    .replaceAll(/\$\((namespace )?([a-z0-9-]+)\)/g, (_, isNamespace: string | undefined, name: string) =>
      isNamespace === undefined ? addressOf(name) : namespaceOf(name),
    )
    .replaceAll(/\$\(([^()]+(?:\([^()]*\))?)\)/g, (_, labels: string) => JSON.stringify(selectorFrom(labels)));
  const { metadata, spec } = parse(text) as KubeObject;
  return networkPolicy(namespace, metadata.name, spec);
}

/** A label selector as `kubectl -l` takes it: `app=a`, `app!=a`, `app in (a, b)` or `!app`. */
function selectorFrom(text: string): object {
  const [, not, key, operator, list = ''] = /^(!?)([\w./-]+)(?: ?(=|!=|in) ?(.+))?$/.exec(text) ?? [];
  if (key === undefined) throw new TypeError(`"${text}" is no label selector, such as app=a`);
  if (operator === '=') return { matchLabels: { [key]: list } };
  const values = list.replaceAll(/[()]/g, '').split(/, ?/);
  const requirement = not ? { operator: 'DoesNotExist' } : { operator: operator === 'in' ? 'In' : 'NotIn', values };
  return { matchExpressions: [{ key, ...requirement }] };
}
