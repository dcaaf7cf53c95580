/** Subresources with one method each: eviction, finalize, log; and the questions that are answered and not stored. */
import type { KubeObject } from '../../objects.ts';
import { badRequest } from '../errors.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { readObject } from './body.ts';
import { type Exchange, objectOf, type ResourceExchange, sendJson, success, writeOptions } from './exchange.ts';
import { logs } from './logs.ts';
import { type Access, groupsOf, isAllowed, requester, userOf } from './rbac.ts';
import { answer } from './write.ts';

/** Deletes a Pod; no budget forbids it here. */
async function evict(exchange: ResourceExchange): Promise<void> {
  const { request, response, store, target } = exchange;
  const eviction = (await readObject(request)) as { deleteOptions?: { gracePeriodSeconds?: number } };
  const { gracePeriodSeconds } = eviction.deleteOptions ?? {};
  store.delete('Pod', target.namespace, target.name as string, {
    ...writeOptions(exchange),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
  });
  sendJson(response, 201, { ...success, code: 201 });
}

/** Replaces a Namespace's spec.finalizers, which nothing else may. */
async function finalize(exchange: ResourceExchange): Promise<void> {
  const { request, store } = exchange;
  const given = (await readObject(request)) as KubeObject;
  const object = objectOf(exchange);
  const spec = { finalizers: given['spec']?.finalizers ?? [] };
  answer(exchange, 200, store.write('update', { ...object, spec }, { ...writeOptions(exchange), trusted: true }));
}

/** Who the requester is, and what it may do. A body need not say its kind: the path does. */
export async function review(exchange: Exchange, resource: Resource): Promise<void> {
  const { store, request, response } = exchange;
  const account = requester(exchange);
  const given = (await readObject(request)) as KubeObject;
  const userInfo = account
    ? { username: userOf(account), groups: groupsOf(account) }
    : { username: 'embedded-admin', groups: ['system:masters', 'system:authenticated'] };
  const { kind } = resource;
  const access: Access | undefined = given['spec']?.resourceAttributes;
  const allowed = !account || (access !== undefined && isAllowed(store, account, access));
  const status = kind === 'SelfSubjectAccessReview' ? { allowed } : { userInfo };
  if ((given.kind ?? kind) !== kind)
    throw badRequest(`no kind "${given.kind}" is registered for this path, which takes ${kind}`);
  const head = { kind, apiVersion: apiVersionOf(resource), metadata: { creationTimestamp: null } };
  sendJson(response, 201, { ...given, ...head, status });
}

export const actions: Record<string, { method: string; run: (exchange: ResourceExchange) => Promise<void> }> = {
  log: { method: 'GET', run: logs },
  eviction: { method: 'POST', run: evict },
  finalize: { method: 'PUT', run: finalize },
};
