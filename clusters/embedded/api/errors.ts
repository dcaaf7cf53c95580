/**
 * The refusals of the real API server, word for word.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/api/errors/errors.go
 */
import { ApiError } from '../objects.ts';
import { qualifiedName, type Resource } from './resources.ts';

/** What a refusal's details say of the object, or of all of a kind. */
export const about = ({ group, plural }: Resource, name: string | undefined) => ({
  name,
  ...(group && { group }),
  kind: plural,
});

export const notFound = (resource: Resource, name: string) =>
  new ApiError(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`, about(resource, name));

export const alreadyExists = (resource: Resource, name: string) =>
  new ApiError(409, 'AlreadyExists', `${qualifiedName(resource)} "${name}" already exists`, about(resource, name));

export const conflict = (resource: Resource, name: string, why: string) =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${why}`,
    about(resource, name),
  );

export const modified = (resource: Resource, name: string) =>
  conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );

export const otherUid = (resource: Resource, name: string, wanted: string, actual: string) =>
  conflict(resource, name, `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${actual}`);

export const internal = (why: string) => new ApiError(500, 'InternalError', `Internal error occurred: ${why}`);

/** Of bodies: none of the types that are taken. */
export const unsupportedType = (accepted: string[]) =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    {},
  );

export const badRequest = (message: string) => new ApiError(400, 'BadRequest', message);

export function namespaceTerminating(resource: Resource, name: string, namespace: string) {
  const message = `namespace ${namespace} is being terminated`;
  return new ApiError(
    403,
    'Forbidden',
    `${qualifiedName(resource)} "${name}" is forbidden: unable to create new content ` +
      `in namespace ${namespace} because it is being terminated`,
    {
      ...about(resource, name),
      causes: [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }],
    },
  );
}

export const expired = (message: string) => new ApiError(410, 'Expired', message);
