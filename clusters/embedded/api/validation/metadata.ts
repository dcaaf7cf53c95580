/**
 * Labels, annotations, selectors and the rest of metadata.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/api/validation/objectmeta.go
 */
import type { KubeObject, OwnerReference } from '../../objects.ts';
import { dnsLabel, labelValue, qualifiedName } from './names.ts';
import { forbidden, invalid, invalidFor, type Problem, required, tooLong, type Value } from './problem.ts';

export type NameCheck = (name: string) => string[];

export const labelKey = (field: string, key: string): Problem[] => invalidFor(field, key, qualifiedName(key));

export const labels = (field: string, given: Record<string, string> | undefined): Problem[] =>
  Object.entries(given ?? {}).flatMap(([key, value]) => [
    ...labelKey(field, key),
    ...invalidFor(field, value, labelValue(value)),
  ]);

const annotationsLimit = 256 * 1024;

function annotations(field: string, given: Record<string, string> | undefined): Problem[] {
  const entries = Object.entries(given ?? {});
  const problems = entries.flatMap(([key]) => invalidFor(field, key, qualifiedName(key.toLowerCase())));
  const size = entries.reduce((total, [key, value]) => total + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return size > annotationsLimit ? [...problems, tooLong(field, annotationsLimit)] : problems;
}

/** A LabelSelector; absent is fine. */
export function labelSelector(field: string, selector: Value): Problem[] {
  if (selector === undefined) return [];
  const expressions = (selector.matchExpressions ?? []) as { key?: string; operator?: string; values?: string[] }[];
  return [
    ...labels(`${field}.matchLabels`, selector.matchLabels),
    ...expressions.flatMap((each, index) => requirement(`${field}.matchExpressions[${index}]`, each)),
  ];
}

function requirement(
  field: string,
  { key = '', operator = '', values = [] }: { key?: string; operator?: string; values?: string[] },
): Problem[] {
  const problems: Problem[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      problems.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      problems.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else problems.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  return [
    ...problems,
    ...labelKey(`${field}.key`, key),
    ...values.flatMap((value, index) => invalidFor(`${field}.values[${index}]`, value, labelValue(value))),
  ];
}

function ownerReferences(field: string, references: OwnerReference[] = []): Problem[] {
  const problems = references.flatMap(({ apiVersion, kind, name, uid }) => [
    ...(apiVersion ? [] : [invalid(`${field}.apiVersion`, apiVersion ?? '', 'version must not be empty')]),
    ...(kind ? [] : [invalid(`${field}.kind`, kind ?? '', 'must not be empty')]),
    ...(name ? [] : [invalid(`${field}.name`, name ?? '', 'must not be empty')]),
    ...(uid ? [] : [invalid(`${field}.uid`, uid ?? '', 'must not be empty')]),
  ]);
  const [first, second] = references.filter(({ controller }) => controller);
  if (first && second)
    problems.push(
      invalid(
        field,
        references,
        `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`,
      ),
    );
  return problems;
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Only the cluster's own finalizers have no domain. */
const finalizers = (field: string, names: string[] = []): Problem[] => [
  ...names.flatMap((name) => invalidFor(field, name, qualifiedName(name))),
  ...names.flatMap((name, index) =>
    name.includes('/') || standardFinalizers.includes(name)
      ? []
      : [invalid(`${field}[${index}]`, name, 'name is neither a standard finalizer name nor is it fully qualified')],
  ),
];

const everywhere = ({ metadata }: KubeObject): Problem[] => [
  ...labels('metadata.labels', metadata.labels),
  ...annotations('metadata.annotations', metadata.annotations),
  ...ownerReferences('metadata.ownerReferences', metadata.ownerReferences),
];

/** Metadata of a new object, whose name must pass `nameCheck`. */
export function newMetadata(object: KubeObject, nameCheck: NameCheck): Problem[] {
  const { name, generateName, namespace, finalizers: names } = object.metadata;
  const problems: Problem[] = [];
  // what is added to a prefix makes a trailing dash good
  if (generateName)
    problems.push(...invalidFor('metadata.generateName', generateName, nameCheck(generateName.replace(/-$/, 'a'))));
  if (!name) problems.push(required('metadata.name', 'name or generateName is required'));
  else problems.push(...invalidFor('metadata.name', name, nameCheck(name)));
  if (namespace) problems.push(...invalidFor('metadata.namespace', namespace, dnsLabel(namespace)));
  return [...problems, ...everywhere(object), ...finalizers('metadata.finalizers', names)];
}

/** Metadata of a changed object. What a client cannot change was restored before. */
export function changedMetadata(object: KubeObject, old: KubeObject): Problem[] {
  const problems: Problem[] = [];
  if (old.metadata.deletionTimestamp !== undefined) {
    const before = old.metadata.finalizers ?? [];
    const added = (object.metadata.finalizers ?? []).filter((each) => !before.includes(each));
    if (added.length > 0)
      problems.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each) => JSON.stringify(each)).join(', ')}}`,
        ),
      );
  }
  return [...problems, ...everywhere(object)];
}
