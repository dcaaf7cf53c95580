/**
 * Labels, annotations, selectors and the rest of metadata.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/api/validation/objectmeta.go
 */
import type { KubeObject, OwnerReference } from '../../objects.ts';
import { type Check, dnsLabel, labelValue, qualifiedName } from './names.ts';
import type { Place } from './problem.ts';

export function labels(place: Place): void {
  for (const [key, value] of Object.entries(place.value ?? {})) {
    place.follow(qualifiedName, key);
    place.follow(labelValue, value);
  }
}

const annotationsLimit = 256 * 1024;

function annotations(place: Place): void {
  const entries = Object.entries<string>(place.value ?? {});
  for (const [key] of entries) place.follow(() => qualifiedName(key.toLowerCase()), key);
  const size = entries.flat().reduce((total, text) => total + Buffer.byteLength(text), 0);
  if (size > annotationsLimit) place.tooLong(annotationsLimit);
}

/** A LabelSelector; absent is fine. */
export function labelSelector(selector: Place): void {
  labels(selector.at('matchLabels'));
  for (const requirement of selector.at('matchExpressions').items()) {
    const { operator = '' } = requirement.value;
    const values = requirement.at('values');
    const count = values.items().length;
    if (operator === 'In' || operator === 'NotIn') {
      if (count === 0) values.required("must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (count > 0) values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else requirement.at('operator').invalid('not a valid selector operator', operator);
    requirement.at('key').follow(qualifiedName, requirement.value.key ?? '');
    for (const value of values.items()) value.follow(labelValue);
  }
}

function ownerReferences(place: Place): void {
  const references: OwnerReference[] = place.value ?? [];
  for (const reference of references)
    for (const name of ['apiVersion', 'kind', 'name', 'uid'] as const) {
      const what = name === 'apiVersion' ? 'version ' : '';
      if (!reference[name]) place.at(name).invalid(`${what}must not be empty`, '');
    }
  const [first, second] = references.filter(({ controller }) => controller);
  if (first && second)
    place.invalid(
      'Only one reference can have Controller set to true. Found "true" in references for ' +
        `${first.kind}/${first.name} and ${second.kind}/${second.name}`,
    );
}

/** Only the cluster's own finalizers have no domain. */
function finalizers(place: Place): void {
  for (const { value } of place.items()) place.follow(qualifiedName, value);
  for (const item of place.items())
    if (!item.value.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(item.value))
      item.invalid('name is neither a standard finalizer name nor is it fully qualified');
}

function everywhere(metadata: Place): void {
  labels(metadata.at('labels'));
  annotations(metadata.at('annotations'));
  ownerReferences(metadata.at('ownerReferences'));
}

/** Metadata of a new object, whose name must pass `nameCheck`. */
export function newMetadata(object: Place, nameCheck: Check): void {
  const metadata = object.at('metadata');
  // what is added to a prefix makes a trailing dash good
  metadata.at('generateName').optional((prefix: string) => nameCheck(prefix.replace(/-$/, 'a')));
  if (metadata.value.name) metadata.at('name').follow(nameCheck);
  else metadata.at('name').required('name or generateName is required');
  metadata.at('namespace').optional(dnsLabel);
  everywhere(metadata);
  finalizers(metadata.at('finalizers'));
}

/** Metadata of a changed object. What a client cannot change was restored before. */
export function changedMetadata(object: Place, old: KubeObject): void {
  const metadata = object.at('metadata');
  const names: string[] = metadata.value.finalizers ?? [];
  const added = names.filter((each) => !old.metadata.finalizers?.includes(each));
  if (old.metadata.deletionTimestamp !== undefined && added.length > 0) {
    const texts = added.map((each) => JSON.stringify(each)).join(', ');
    const why = 'no new finalizers can be added if the object is being deleted';
    metadata.at('finalizers').forbidden(`${why}, found new finalizers []string{${texts}}`);
  }
  everywhere(metadata);
}
