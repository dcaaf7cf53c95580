/**
 * The refusals of the real API server, word for word.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/api/errors/errors.go
 */
import { ApiError } from '../objects.ts';
import { qualifiedName, type Resource } from './resources.ts';

/** What a refusal's details say of the object, or of all of a kind. */
export const about = ({ group, plural }: Resource, name?: string) => ({ name, ...(group && { group }), kind: plural });

const named = (resource: Resource, name: string): string => `${qualifiedName(resource)} "${name}"`;

export const notFound = (resource: Resource, name: string) =>
  new ApiError(404, 'NotFound', `${named(resource, name)} not found`, about(resource, name));

export const alreadyExists = (resource: Resource, name: string) =>
  new ApiError(409, 'AlreadyExists', `${named(resource, name)} already exists`, about(resource, name));

export function conflict(resource: Resource, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${named(resource, name)}: ${why}`;
  return new ApiError(409, 'Conflict', message, about(resource, name));
}

export function modified(resource: Resource, name: string): ApiError {
  const wish = 'please apply your changes to the latest version and try again';
  return conflict(resource, name, `the object has been modified; ${wish}`);
}

export const otherUid = (resource: Resource, name: string, wanted: string, actual: string) =>
  conflict(resource, name, `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${actual}`);

export const internal = (why: string) => new ApiError(500, 'InternalError', `Internal error occurred: ${why}`);

/** Of bodies: none of the types that are taken. */
export function unsupportedType(accepted: string[]): ApiError {
  const why = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError(415, 'UnsupportedMediaType', why, {});
}

export const badRequest = (message: string) => new ApiError(400, 'BadRequest', message);

/** Of bodies that are no object of the kind, or say that they are of another. */
export const unhandled = (of: Resource, why: string, { kind, version }: { kind?: string; version: string } = of) =>
  badRequest(`${kind} in version "${version}" cannot be handled as a ${of.kind}: ${why}`);

/** `name` is undefined for all objects of a kind. */
export function forbidden(resource: Resource, name: string | undefined, why: string, more: object = {}): ApiError {
  const what = name === undefined ? qualifiedName(resource) : named(resource, name);
  return new ApiError(403, 'Forbidden', `${what} is forbidden: ${why}`, { ...about(resource, name), ...more });
}

export function namespaceTerminating(resource: Resource, name: string, namespace: string): ApiError {
  const message = `namespace ${namespace} is being terminated`;
  const causes = [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }];
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  return forbidden(resource, name, why, { causes });
}

export const expired = (message: string) => new ApiError(410, 'Expired', message);
