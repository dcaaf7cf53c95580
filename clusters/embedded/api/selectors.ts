/**
 * Label and field selectors, as text in requests and as objects in specs, and what a list or watch selects by them.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import type { LabelSelector, NodeSelectorTerm } from '../kinds.ts';
import type { KubeObject, ListFilter } from '../objects.ts';
import { badRequest } from './errors.ts';
import type { Resource } from './resources.ts';

export type Operator = 'in' | 'notin' | 'exists' | '!' | '=' | '==' | '!=' | 'gt' | 'lt';

export interface Requirement {
  key: string;
  operator: Operator;
  values: string[];
}

type Labels = Record<string, string> | undefined;

/** Reads `!a`, `a`, `a in (x,y)`, `a=x` (a value may be empty) or `a>1`; undefined for what is none of these. */
function parseRequirement(term: string): Requirement | undefined {
  const [, not, key = '', rest = ''] = /^(!?)\s*([^\s=!(),<>]+)(.*)$/s.exec(term) ?? [];
  if (not) return rest === '' ? { key, operator: '!', values: [] } : undefined;
  if (rest === '') return key === '' ? undefined : { key, operator: 'exists', values: [] };
  const [, set, list = ''] = /^\s+(in|notin)\s*\(([^()=!<>]*)\)$/.exec(rest) ?? [];
  const values = [...new Set(list.split(',').map((each) => each.trim()))].toSorted();
  if (set) return values.some((each) => /\s/.test(each)) ? undefined : { key, operator: set as Operator, values };
  const [, equality, value = ''] = /^\s*(==|=|!=)\s*([^\s=!(),<>]*)$/.exec(rest) ?? [];
  if (equality) return { key, operator: equality as Operator, values: [value] };
  const [, order, number = ''] = /^\s*([<>])\s*(-?\d+)$/.exec(rest) ?? [];
  return order ? { key, operator: order === '>' ? 'gt' : 'lt', values: [number] } : undefined;
}

/** Parses the text of a label selector. Throws 400 for what is not one. An empty text selects everything. */
export function parseLabelSelector(text: string): Requirement[] {
  if (text.trim() === '') return [];
  // not at the commas in brackets
  return text.split(/,(?![^(]*\))/).map((term) => {
    const requirement = parseRequirement(term.trim());
    if (!requirement) throw badRequest(`unable to parse requirement: ${term}`);
    return requirement;
  });
}

type Test = (value: string | undefined, values: string[]) => boolean;

const isOneOf: Test = (value, values) => value !== undefined && values.includes(value);
const isNoneOf: Test = (value, values) => !isOneOf(value, values);
const isInteger = (value: string | undefined): value is string => value !== undefined && /^-?\d+$/.test(value);

const tests: Record<Operator, Test> = {
  exists: (value) => value !== undefined,
  '!': (value) => value === undefined,
  '=': isOneOf,
  '==': isOneOf,
  in: isOneOf,
  '!=': isNoneOf,
  notin: isNoneOf,
  gt: (value, [than]) => isInteger(value) && Number(value) > Number(than),
  lt: (value, [than]) => isInteger(value) && Number(value) < Number(than),
};

export const matches = (requirements: Requirement[], labels: Labels): boolean =>
  requirements.every(({ key, operator, values }) =>
    tests[operator](labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined, values),
  );

/** A field selector knows only `=`, `==` and `!=`, joined by commas; `\` escapes a comma, an equals sign or itself. */
export function parseFieldSelector(text: string): Requirement[] {
  return text
    .split(/(?<!\\),/)
    .filter((term) => term.trim() !== '')
    .map((term) => {
      const match = /^\s*([^=!]+?)\s*(==|!=|=)(.*)$/s.exec(term);
      if (!match) throw badRequest(`invalid field selector: invalid field selector: ${term}`);
      const [, key = '', operator = '=', value = ''] = match;
      return { key, operator: operator as Operator, values: [value.replaceAll(/\\([\\,=])/g, '$1')] };
    });
}

const operators: Record<string, Operator> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

type Expression = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

/** An operator that does not exist selects nothing: validation keeps it out. */
export const requirementOf = ({ key, operator, values = [] }: Expression): Requirement =>
  operator in operators
    ? { key, operator: operators[operator] as Operator, values }
    : { key, operator: 'in', values: [] };

/** A selector object of a spec as requirements. The empty one selects everything; an absent one is not meant here. */
export const requirementsOf = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Requirement[] => [
  ...Object.entries(matchLabels).map(([key, value]): Requirement => ({ key, operator: '=', values: [value] })),
  ...matchExpressions.map(requirementOf),
];

/** Fields that objects of a kind can be selected by, besides name and namespace. */
const known: Record<string, string> = {
  Pod:
    'spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName spec.hostNetwork ' +
    'status.phase status.podIP status.nominatedNodeName',
  Event:
    'involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion ' +
    'involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source type',
  Namespace: 'status.phase',
  Node: 'spec.unschedulable',
  Secret: 'type',
  Service: 'spec.clusterIP spec.type',
  ReplicaSet: 'status.replicas',
  Job: 'status.successful',
};

/** Parses a field selector for a kind. Throws 400 for a field that cannot be selected by. */
function fieldSelector(kind: string, text: string): Requirement[] {
  const requirements = parseFieldSelector(text);
  for (const { key } of requirements) {
    if (key === 'metadata.name' || key === 'metadata.namespace' || known[kind]?.split(' ').includes(key)) continue;
    throw badRequest(
      known[kind]
        ? `field label not supported: ${key}`
        : `"${key}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
  return requirements;
}

function fieldValue(object: KubeObject, path: string): string {
  if (path === 'source') return object['source']?.component ?? object['reportingComponent'] ?? '';
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  if (value !== undefined) return typeof value === 'string' ? value : JSON.stringify(value);
  return path === 'spec.unschedulable' || path === 'spec.hostNetwork' ? 'false' : '';
}

/** The test that a list or watch of `resource` puts its objects to. Throws 400 for selectors that are none. */
export function filterOf(resource: Resource, filter: ListFilter): (object: KubeObject) => boolean {
  const labels = parseLabelSelector(filter.labelSelector ?? '');
  const fields = fieldSelector(resource.kind, filter.fieldSelector ?? '');
  const namespace = resource.namespaced ? filter.namespace : undefined;
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    matches(labels, object.metadata.labels) &&
    fields.every((each) => matches([each], { [each.key]: fieldValue(object, each.key) }));
}
