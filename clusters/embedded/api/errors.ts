/**
 * The refusals of the real API server, word for word.
 * https://github.com/kubernetes/apimachinery/blob/v0.34.3/pkg/api/errors/errors.go
 */
import { ApiError } from '../objects.ts';
import { qualifiedName, type Resource } from './resources.ts';

const about = (resource: Resource, name: string) => ({
  name,
  ...(resource.group === '' ? {} : { group: resource.group }),
  kind: resource.plural,
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

export const badRequest = (message: string) => new ApiError(400, 'BadRequest', message);

const forbidden = (resource: Resource, name: string, why: string, details: Record<string, unknown> = {}) =>
  new ApiError(403, 'Forbidden', `${qualifiedName(resource)} "${name}" is forbidden: ${why}`, {
    ...about(resource, name),
    ...details,
  });

export const namespaceTerminating = (resource: Resource, name: string, namespace: string) =>
  forbidden(resource, name, `unable to create new content in namespace ${namespace} because it is being terminated`, {
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });

export const expired = (message: string) => new ApiError(410, 'Expired', message);

export const unservedKind = (kind: string) =>
  badRequest(`no kind "${kind}" is served here; see clusters/embedded/api/resources.ts`);
