/** The scale subresource: how many replicas, without knowing the kind. */
import type { KubeObject } from '../../objects.ts';
import { badRequest, modified, notFound } from '../errors.ts';
import { selectorText } from '../tables/cells.ts';
import { readObject } from './body.ts';
import { type ResourceExchange, sendJson } from './exchange.ts';
import { writeOptions } from './manager.ts';
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
  const { resource, namespace } = target;
  const name = target.name as string;
  // the body is read first: what is read of the store must still hold when it is written
  const body = request.method === 'GET' ? undefined : await readScale(exchange);
  const object = store.get(resource.kind, namespace, name);
  if (!object) throw notFound(resource, name);
  const old = scaleOf(object);
  if (!body) return sendJson(response, 200, old);
  const wanted = body(old);
  const { replicas } = wanted['spec'] ?? {};
  if (!Number.isInteger(replicas)) throw badRequest('spec.replicas of a Scale must be a number');
  const { resourceVersion } = wanted.metadata;
  if (resourceVersion && resourceVersion !== object.metadata.resourceVersion) throw modified(resource, name);
  const scaled = { ...object, spec: { ...object['spec'], replicas } };
  sendJson(response, 200, scaleOf(store.write('update', scaled, writeOptions(exchange))));
}

async function readScale(exchange: ResourceExchange): Promise<(old: KubeObject) => KubeObject> {
  if (exchange.request.method === 'PUT') {
    const given = (await readObject(exchange.request)) as KubeObject;
    return () => ({ ...given, metadata: given.metadata ?? {} });
  }
  const { type, patch } = await readPatch(exchange);
  return (old) => applyPatch(type, { group: 'autoscaling', kind: 'Scale' }, old, patch) as KubeObject;
}
