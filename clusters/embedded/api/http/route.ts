/** From a path to what it means. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
import { ApiError } from '../../objects.ts';
import { type Resource, resources } from '../resources.ts';
import type { Target } from './exchange.ts';

export const unknownPath = () => new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

const byPath = new Map(resources.map((each) => [`${each.group}/${each.version}/${each.plural}`, each]));

function resourceAt(group: string, version: string, plural: string): Resource {
  const resource = byPath.get(`${group}/${version}/${plural}`);
  if (!resource) throw unknownPath();
  return resource;
}

/** The target of a path of at least one segment below a group's version. Throws 404 for what is not served. */
export function targetOf(group: string, version: string, segments: string[]): Target {
  const [first = '', namespace, plural, name, subresource, ...rest] = segments;
  // /namespaces/shop and /namespaces/shop/status are about the Namespace itself
  const ofNamespace = group === '' && (plural === undefined || ['status', 'finalize'].includes(plural));
  if (first === 'namespaces' && !ofNamespace && namespace !== undefined) {
    const resource = resourceAt(group, version, plural as string);
    if (!resource.namespaced || rest.length > 0) throw unknownPath();
    return checked({ resource, namespace, ...(name ? { name } : {}), ...(subresource ? { subresource } : {}) });
  }
  const resource = resourceAt(group, version, first);
  const [own, below, ...more] = segments.slice(1);
  // an object of a namespaced kind is only found in its namespace
  if (more.length > 0 || (own !== undefined && resource.namespaced)) throw unknownPath();
  return checked({ resource, ...(own ? { name: own } : {}), ...(below ? { subresource: below } : {}) });
}

function checked(target: Target): Target {
  if (target.subresource && !target.resource.subresources.includes(target.subresource)) throw unknownPath();
  return target;
}
