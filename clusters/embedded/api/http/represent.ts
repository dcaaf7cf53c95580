/** Objects and lists as text, in the form the client asked for. */
import type { KubeObject } from '../../objects.ts';
import { encode } from '../json.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { tableOf } from '../tables/table.ts';
import type { Form } from './accept.ts';

export interface Representation {
  form: Form;
  resource: Resource;
  /** Of tables: what of the object each row carries. */
  include: string;
}

export function objectText({ form, resource, include }: Representation, object: KubeObject): string {
  const { resourceVersion } = object.metadata;
  if (form === 'table') return JSON.stringify(tableOf(resource, [object], include, { resourceVersion }));
  return encode(object);
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/list-meta/ */
interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

export function listText({ form, resource, include }: Representation, objects: KubeObject[], meta: ListMeta): string {
  if (form === 'table') return JSON.stringify(tableOf(resource, objects, include, meta));
  const metadata = JSON.stringify(meta);
  // in a list the real server leaves out what the list already says: the items' kind and apiVersion
  const head = `${JSON.stringify({ apiVersion: apiVersionOf(resource), kind: resource.kind }).slice(0, -1)},`;
  const items = objects.map(encode).map((text) => (text.startsWith(head) ? `{${text.slice(head.length)}` : text));
  return `{"kind":"${resource.kind}List","apiVersion":"${apiVersionOf(resource)}","metadata":${metadata},"items":[${items.join(',')}]}\n`;
}
