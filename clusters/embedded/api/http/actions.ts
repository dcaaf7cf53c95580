/** Subresources: eviction, finalize, scale, log; and the questions that are answered and not stored. */
import type { KubeObject } from '../../objects.ts';
import { badRequest, modified } from '../errors.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { selectorText } from '../tables/cells.ts';
import { readObject } from './body.ts';
import { type Exchange, objectOf, type ResourceExchange, sendJson, success, writeOptions } from './exchange.ts';
import { logs } from './logs.ts';
import { applyPatch, readPatch } from './patch.ts';
import { type Access, groupsOf, isAllowed, requester, userOf } from './rbac.ts';
import { answer } from './write.ts';

/** Deletes a Pod; no budget forbids it here. */
async function evict(exchange: ResourceExchange): Promise<void> {
  const { request, response, store, target } = exchange;
  const eviction = (await readObject(request)) as { deleteOptions?: { gracePeriodSeconds?: number } };
  const { gracePeriodSeconds } = eviction.deleteOptions ?? {};
  const options = { ...writeOptions(exchange), ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }) };
  store.delete('Pod', target.namespace, target.name as string, options);
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

function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: object['spec'].replicas ?? 0 },
    status: { replicas: object['status']?.replicas ?? 0, selector: selectorText(object['spec'].selector) },
  };
}

/** How many replicas there are, without knowing the kind. */
export async function scale(exchange: ResourceExchange): Promise<void> {
  const { request, response, store, target } = exchange;
  // the body is read first: what is read of the store must still hold when it is written
  const change = request.method === 'GET' ? undefined : await readChange(exchange);
  const object = objectOf(exchange);
  if (!change) return sendJson(response, 200, scaleOf(object));
  const { spec, metadata } = change(scaleOf(object));
  const replicas: unknown = spec?.replicas;
  if (!Number.isInteger(replicas)) throw badRequest('spec.replicas of a Scale must be a number');
  if (metadata?.resourceVersion && metadata.resourceVersion !== object.metadata.resourceVersion)
    throw modified(target.resource, object.metadata.name);
  const scaled = { ...object, spec: { ...object['spec'], replicas } };
  sendJson(response, 200, scaleOf(store.write('update', scaled, writeOptions(exchange))));
}

/** What the request makes of a Scale. */
async function readChange(exchange: ResourceExchange): Promise<(old: KubeObject) => Partial<KubeObject>> {
  if (exchange.request.method === 'PUT') {
    const given = (await readObject(exchange.request)) as KubeObject;
    return () => given;
  }
  const { type, patch } = await readPatch(exchange);
  return (old) => applyPatch(type, { group: 'autoscaling', kind: 'Scale' }, old, patch) as KubeObject;
}

export const actions: Record<string, { method: string; run: (exchange: ResourceExchange) => Promise<void> }> = {
  log: { method: 'GET', run: logs },
  eviction: { method: 'POST', run: evict },
  finalize: { method: 'PUT', run: finalize },
};
