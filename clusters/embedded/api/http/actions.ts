/** What is posted below an object: eviction, finalize. */
import type { KubeObject } from '../../objects.ts';
import { ApiError } from '../../objects.ts';
import { notFound } from '../errors.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { readObject } from './body.ts';
import { type ResourceExchange, sendJson } from './exchange.ts';
import { writeOptions } from './manager.ts';
import { answer } from './write.ts';

const done = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

function present({ store, target }: ResourceExchange): KubeObject {
  const object = store.get(target.resource.kind, target.namespace, target.name as string);
  if (!object) throw notFound(target.resource, target.name as string);
  return object;
}

/** Deletes a Pod; no budget forbids it here. */
async function evict(exchange: ResourceExchange): Promise<void> {
  const { request, response, store, target } = exchange;
  const eviction = (await readObject(request)) as { deleteOptions?: { gracePeriodSeconds?: number } };
  const { gracePeriodSeconds } = eviction.deleteOptions ?? {};
  store.delete('Pod', target.namespace, target.name as string, {
    ...writeOptions(exchange),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  });
  sendJson(response, 201, { ...done, code: 201 });
}

/** Replaces a Namespace's spec.finalizers, which nothing else may. */
async function finalize(exchange: ResourceExchange): Promise<void> {
  const { request, store } = exchange;
  const given = (await readObject(request)) as KubeObject;
  const object = present(exchange);
  const spec = { finalizers: given['spec']?.finalizers ?? [] };
  answer(exchange, 200, store.write('update', { ...object, spec }, { ...writeOptions(exchange), trusted: true }));
}

/** Who may do what: everybody everything, and everybody is the administrator. A body need not say its kind: the path does. */
export async function review(
  { request, response }: Pick<ResourceExchange, 'request' | 'response'>,
  resource: Resource,
): Promise<void> {
  const given = (await readObject(request)) as KubeObject;
  const userInfo = { username: 'embedded-admin', groups: ['system:masters', 'system:authenticated'] };
  const status: Record<string, object> = {
    SelfSubjectAccessReview: { allowed: true },
    SelfSubjectReview: { userInfo },
  };
  const { kind } = resource;
  if ((given.kind ?? kind) !== kind)
    throw new ApiError(400, 'BadRequest', `no kind "${given.kind}" is registered for this path, which takes ${kind}`);
  const head = { kind, apiVersion: apiVersionOf(resource), metadata: { creationTimestamp: null } };
  sendJson(response, 201, { ...given, ...head, status: status[kind] });
}

export const actions: Record<string, { method: string; run: (exchange: ResourceExchange) => Promise<void> }> = {
  eviction: { method: 'POST', run: evict },
  finalize: { method: 'PUT', run: finalize },
};
