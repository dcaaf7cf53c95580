/** Objects and lists as text, in the form that the client's Accept header asks for: JSON, or the table of kubectl. */
import { ApiError, type KubeObject } from '../../objects.ts';
import { encode } from '../json.ts';
import { apiVersionOf } from '../resources.ts';
import { tableOf } from '../tables/table.ts';
import type { ResourceExchange } from './exchange.ts';

/** Whether the first form in the header that this server has is a table. Throws 406 where it has none. */
function wantsTable(accept: string): boolean {
  for (const each of accept.split(',')) {
    const [type = '', ...rest] = each.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const { as, g, v } = Object.fromEntries(rest.map((parameter) => parameter.split('='))) as Record<string, string>;
    if (as === undefined) return false;
    if (as === 'Table' && g === 'meta.k8s.io' && v === 'v1') return true;
  }
  throw new ApiError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: ' +
      'application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor',
    {},
  );
}

/** The functions that write an object, and a list with its ListMeta. Throws 406 for a form that there is not here. */
export function representation({ request, query, target: { resource } }: ResourceExchange) {
  const isTable = wantsTable(request.headers.accept ?? '*/*');
  /** Of tables: what of the object each row carries. */
  const include = query.get('includeObject') ?? 'Metadata';
  const table = (objects: KubeObject[], meta: object) => JSON.stringify(tableOf(resource, objects, include, meta));
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);

  return {
    object(object: KubeObject): string {
      return isTable ? table([object], { resourceVersion: object.metadata.resourceVersion }) : encode(object);
    },
    list(objects: KubeObject[], meta: object): string {
      if (isTable) return table(objects, meta);
      // in a list the real server leaves out what the list already says: the items' kind and apiVersion
      const head = `${JSON.stringify({ apiVersion, kind }).slice(0, -1)},`;
      const items = objects.map(encode).map((text) => (text.startsWith(head) ? `{${text.slice(head.length)}` : text));
      const list = JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: meta });
      return `${list.slice(0, -1)},"items":[${items.join(',')}]}\n`;
    },
  };
}
