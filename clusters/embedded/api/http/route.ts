/** From a path to what it means. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
import { ApiError } from '../../objects.ts';
import { badRequest } from '../errors.ts';
import { resources } from '../resources.ts';
import type { Target } from './exchange.ts';

export const unknownPath = () => new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

/** Segments of a path, decoded. Throws 400 for what cannot be decoded. */
export function segmentsOf(pathname: string): string[] {
  try {
    return pathname
      .split('/')
      .filter((each) => each !== '')
      .map(decodeURIComponent);
  } catch {
    throw badRequest(`the path ${pathname} is not encoded properly`);
  }
}

const byPath = new Map(resources.map((each) => [`${each.group}/${each.version}/${each.plural}`, each]));

/** The target of a path below a version; undefined for the paths of discovery. Throws 404 for what is not served. */
export function targetOf([root, ...path]: string[]): Target | undefined {
  const [group, version, ...segments] = root === 'api' ? ['', ...path] : path;
  const [first, second, third] = segments;
  if (first === undefined) return undefined;
  // /namespaces/shop and /namespaces/shop/status are about the Namespace itself
  const ofNamespace = root === 'api' && (third === undefined || ['status', 'finalize'].includes(third));
  const isInside = first === 'namespaces' && second !== undefined && !ofNamespace;
  const [plural = '', name, subresource, ...rest] = isInside ? segments.slice(2) : segments;
  const resource = byPath.get(`${group}/${version}/${plural}`);
  if (!resource) throw unknownPath();
  // an object of a namespaced kind is only found in its namespace
  const misplaced = isInside ? !resource.namespaced : name !== undefined && resource.namespaced;
  const unserved = subresource !== undefined && !resource.subresources.includes(subresource);
  if (misplaced || unserved || rest.length > 0) throw unknownPath();
  return {
    resource,
    ...(isInside && { namespace: second }),
    ...(name && { name }),
    ...(subresource && { subresource }),
  };
}
