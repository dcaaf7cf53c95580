/** The scale subresource: how many replicas, without knowing the kind. */
import type { KubeObject } from '../../objects.ts';
import { badRequest, modified } from '../errors.ts';
import { selectorText } from '../tables/cells.ts';
import { readObject } from './body.ts';
import { objectOf, type ResourceExchange, sendJson, writeOptions } from './exchange.ts';
import { applyPatch, readPatch } from './patch.ts';

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
