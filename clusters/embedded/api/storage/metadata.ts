/**
 * The server's own part of an object's metadata.
 * https://github.com/kubernetes/apiserver/blob/v0.34.3/pkg/registry/rest/{create,update,delete}.go
 */
import { randomInt, randomUUID } from 'node:crypto';
import type { DeleteOptions, KubeObject, ObjectMeta } from '../../objects.ts';
import { equal, restore } from '../json.ts';
import type { Resource } from '../resources.ts';

/** Without vowels and look-alikes, so that no word and no misreading comes out of it. */
export const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** generateName cut to fit 63 characters, and five random letters. */
const generateName = (base: string): string =>
  base.slice(0, 58) + Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');

/** A time as Kubernetes writes it: whole seconds, UTC. */
export const timestamp = (milliseconds: number = Date.now()): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** Sets what the server decides for a new object, whatever the client sent. */
export function stampCreated(resource: Resource, object: KubeObject): void {
  const meta = object.metadata;
  if (!meta.name && meta.generateName) meta.name = generateName(meta.generateName);
  meta.uid = randomUUID();
  meta.creationTimestamp = timestamp();
  if (resource.generation) meta.generation = 1;
  else delete meta.generation;
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  delete meta['selfLink'];
}

/** Restores what a client cannot change, and counts a change of the spec. */
export function stampUpdated(resource: Resource, object: KubeObject, old: KubeObject): void {
  const meta = object.metadata;
  const before = old.metadata;
  restore(meta, before, 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds');
  restore(meta, before, 'generation', 'generateName');
  delete meta['selfLink'];
  if (resource.generation && !equal(content(object), content(old))) meta.generation = (before.generation ?? 0) + 1;
}

/** What metadata.generation counts changes of: all but metadata and status, and the node that a Pod is bound to. */
function content({ metadata: _metadata, status: _status, ...rest }: KubeObject): unknown {
  return rest.kind === 'Pod' ? { ...rest, spec: { ...rest['spec'], nodeName: '' } } : rest;
}

/** How long a Pod may take to stop; 0: nobody waits for it. Other kinds go at once. */
function gracePeriod(object: KubeObject, options: DeleteOptions): number {
  if (object.kind !== 'Pod') return 0;
  const finished = ['Succeeded', 'Failed'].includes(object['status']?.phase);
  if (!object['spec']?.nodeName || finished) return 0;
  const wanted = options.gracePeriodSeconds ?? object['spec'].terminationGracePeriodSeconds ?? 30;
  // a negative period on the object means "as short as possible"
  return wanted < 0 ? 1 : wanted;
}

/** The finalizers that a deletion with this policy waits for. */
function finalizersFor(meta: ObjectMeta, policy: DeleteOptions['propagationPolicy']): string[] {
  const own = meta.finalizers ?? [];
  if (policy === undefined) return own;
  const added = { Orphan: ['orphan'], Background: [], Foreground: ['foregroundDeletion'] }[policy] ?? [];
  return [...own.filter((name) => name !== 'orphan' && name !== 'foregroundDeletion'), ...added];
}

/** A copy of the object on its way out: with the time by which it should be gone, and what it still waits for. */
export function markDeleted(old: KubeObject, options: DeleteOptions): KubeObject {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = old.metadata;
  const grace = gracePeriod(old, options);
  const finalizers = finalizersFor(old.metadata, options.propagationPolicy);
  const metadata: ObjectMeta = { ...old.metadata, finalizers };
  if (finalizers.length === 0) delete metadata.finalizers;
  // a second request can only shorten the wait, and only if it says so
  const shorter = options.gracePeriodSeconds !== undefined && grace < deletionGracePeriodSeconds;
  if (deletionTimestamp === undefined || shorter) {
    const asked =
      deletionTimestamp === undefined ? Date.now() : Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * 1000;
    // a kubelet's last request, which leaves no time, says when it came
    metadata.deletionTimestamp = timestamp(Math.max(asked + grace * 1000, Date.now()));
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined && deletionTimestamp === undefined) metadata.generation += 1;
  }
  const object: KubeObject = { ...old, metadata };
  if (old.kind === 'Namespace') object['status'] = { ...old['status'], phase: 'Terminating' };
  return object;
}

/** Whether nothing keeps the object any more: it is being deleted, nobody finalizes it, and its time is up. */
export function isGone(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (deletionGracePeriodSeconds ?? 0) > 0) return false;
  if ((finalizers ?? []).length > 0) return false;
  return object.kind !== 'Namespace' || (object['spec']?.finalizers ?? []).length === 0;
}
