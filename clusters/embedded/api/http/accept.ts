/** What form of an object the client asked for in its Accept header. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../objects.ts';

export type Form = 'object' | 'table';

/**
 * The first form in the header that this server has. Tables are what kubectl prints.
 * Throws 406 where there is none.
 */
export function formOf(request: IncomingMessage): Form {
  const accept = request.headers.accept ?? '*/*';
  for (const each of accept.split(',')) {
    const [type = '', ...rest] = each.trim().split(';');
    if (!['application/json', 'application/*', '*/*'].includes(type.trim())) continue;
    const parameters = Object.fromEntries(rest.map((parameter) => parameter.trim().split('=')));
    if (parameters.as === undefined) return 'object';
    if (parameters.g !== 'meta.k8s.io' || parameters.v !== 'v1') continue;
    if (parameters.as === 'Table') return 'table';
  }
  throw new ApiError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor',
    {},
  );
}
