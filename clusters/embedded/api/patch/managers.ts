/** metadata.managedFields: who owns which fields. */
import type { KubeObject } from '../../objects.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { objectField } from '../schema/schema.ts';
import { timestamp } from '../storage/metadata.ts';
import { compare, fromFieldsV1, isBelow, type Leaves, leavesOf, pathOf, toFieldsV1 } from './fields.ts';

export interface Manager {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string;
  time?: string;
  fields: Set<string>;
}

export type Who = Pick<Manager, 'manager' | 'operation' | 'subresource'>;

interface Entry extends Omit<Manager, 'fields'> {
  fieldsType: 'FieldsV1';
  fieldsV1: object;
}

export const managersOf = ({ metadata }: KubeObject): Manager[] =>
  ((metadata['managedFields'] ?? []) as Entry[]).map(({ fieldsV1, fieldsType: _type, ...rest }) => ({
    ...rest,
    fields: fromFieldsV1(fieldsV1 as Parameters<typeof fromFieldsV1>[0]),
  }));

export const isSame = (a: Who, b: Who): boolean =>
  a.manager === b.manager && a.operation === b.operation && (a.subresource ?? '') === (b.subresource ?? '');

/** What nobody owns: what an object is called, and what the server keeps of it. */
const unowned = 'name namespace uid selfLink generation managedFields resourceVersion creationTimestamp'
  .split(' ')
  .concat('deletionTimestamp', 'deletionGracePeriodSeconds')
  .map((name) => `metadata.${name}`)
  .concat('apiVersion', 'kind')
  .map(pathOf);

/** Fields of an object that can be owned by a write to it, or to one of its subresources. */
export function ownable(resource: Resource, object: KubeObject, { subresource }: Who, containers: boolean): Leaves {
  const leaves = leavesOf(object, objectField(resource), containers);
  const ofOthers = subresource === 'status' ? ['spec'] : ['status'];
  if (subresource === 'status' && resource.kind === 'Deployment') ofOthers.push('metadata.labels');
  const skipped = [...unowned, ...(resource.subresources.includes('status') ? ofOthers.map(pathOf) : [])];
  for (const path of leaves.keys())
    if (skipped.some((each) => path === each || isBelow(path, each))) leaves.delete(path);
  return leaves;
}

/** Writes the managers into the object. Those with no fields are left out; whose fields are the same keeps its time. */
export function setManagers(resource: Resource, object: KubeObject, managers: Manager[], before: Manager[]): void {
  const now = timestamp();
  const entries = managers
    .filter(({ fields }) => fields.size > 0)
    .map(({ fields, time, ...who }): Entry => {
      const old = before.find((each) => isSame(each, who));
      const isUnchanged = old?.fields.symmetricDifference(fields).size === 0;
      const written = isUnchanged ? old?.time : who.operation === 'Apply' ? time : undefined;
      const fieldsV1 = toFieldsV1(fields);
      return { ...who, apiVersion: apiVersionOf(resource), time: written ?? now, fieldsType: 'FieldsV1', fieldsV1 };
    });
  // applies first, then the oldest
  const order = ({ operation, time = '', manager }: Entry) => `${operation} ${time} ${manager}`;
  entries.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  if (entries.length > 0) object.metadata['managedFields'] = entries;
  else delete object.metadata['managedFields'];
}

const template = { metadata: {}, spec: { containers: [] } };

/** Structs that an object of the API's types has even when nothing was said of them: nobody added those. */
const always: Record<string, object> = {
  NetworkPolicy: { podSelector: {} },
  Pod: { containers: [] },
  Deployment: { strategy: {}, template },
  ReplicaSet: { template },
  DaemonSet: { updateStrategy: {}, template },
  Job: { template },
};

/** After a write that is no apply: what it added or changed is the writer's now, and what it removed is nobody's. */
export function trackUpdate(resource: Resource, object: KubeObject, old: KubeObject | undefined, who: Who): void {
  const { kind } = resource;
  const blank = { apiVersion: '', kind, metadata: { name: '' }, spec: always[kind] ?? {} };
  const before = ownable(resource, old ?? blank, who, true);
  const { changed, removed } = compare(before, ownable(resource, object, who, true));
  const given = old ? managersOf(old) : [];
  const managers = given.map((each) => {
    const left = each.fields.difference(removed);
    return { ...each, fields: isSame(each, who) ? left.union(changed) : left.difference(changed) };
  });
  if (!managers.some((each) => isSame(each, who)))
    managers.push({ ...who, apiVersion: apiVersionOf(resource), fields: changed });
  setManagers(resource, object, managers, given);
}
