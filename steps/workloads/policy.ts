import { parse } from 'yaml';
import { type KubeObject, objectOf } from '../kube/index.ts';

export const networkPolicy = (namespace: string, name: string, spec: object): KubeObject =>
  objectOf('NetworkPolicy', { name, namespace }, { spec });

/** A policy from YAML: `$(NAME)` is a Pod's address, `$(namespace NAME)` a real name, `$(LABELS)` a selector. */
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

/** A label selector, in one of the forms that `kubectl -l` takes: `app=a`, `app!=a`, `app in (a, b)` or `!app`. */
export function selectorFrom(text: string): object {
  const form = /^(?:!([\w./-]+)|([\w./-]+) ?(!?=) ?([\w.-]+)|([\w./-]+) in \(([\w., -]+)\))$/;
  const [, absent, key, operator, value, keyOfList, list] = form.exec(text) ?? [];
  if (key !== undefined && operator === '=') return { matchLabels: { [key]: value } };
  if (absent !== undefined) return { matchExpressions: [{ key: absent, operator: 'DoesNotExist' }] };
  if (key !== undefined) return { matchExpressions: [{ key, operator: 'NotIn', values: [value] }] };
  if (keyOfList === undefined || list === undefined)
    throw new TypeError(`"${text}" is no label selector such as app=a, app!=a, app in (a, b) or !app`);
  return { matchExpressions: [{ key: keyOfList, operator: 'In', values: list.split(/, ?/) }] };
}
