/** The storage behind the API: every object of the cluster, in memory, with one order over all changes. */
import type { Change, DeleteOptions, KubeObject, ListFilter, Objects } from '../objects.ts';
import { alreadyExists, badRequest, modified, namespaceTerminating, notFound, otherUid } from './errors.ts';
import { copy, equal, freeze, restore } from './json.ts';
import { mergePatch } from './patch/json.ts';
import { apiVersionOf, type Resource, resourceOfKind, resources } from './resources.ts';
import { filterOf } from './selectors.ts';
import type { Adversary } from './storage/adversary.ts';
import { deliver } from './storage/deliver.ts';
import { isGone, markDeleted, stampCreated, stampUpdated } from './storage/metadata.ts';
import { keyOf, type LoggedChange, Table } from './storage/table.ts';
import { prepareCreate, prepareStatus, prepareUpdate, type WriteOptions } from './strategy.ts';

/** The contract, and what the HTTP front end needs beyond it. */
export interface Store extends Objects {
  write(verb: 'create' | 'update' | 'updateStatus', object: KubeObject, options: WriteOptions): KubeObject;
  /** Answers what is left: the object as it waits for its end, or as it was when it went. */
  delete(
    kind: string,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions & WriteOptions,
  ): { object: KubeObject; gone: boolean };
  /** What `list` gave at `revision`. Throws 410 Expired for a revision too old. */
  listAt(kind: string, filter: ListFilter, revision: number): KubeObject[];
  /** Who makes watches late. */
  readonly adversary: Adversary | undefined;
  /** The revision of the newest change of all. */
  revision(): number;
  /** A client's watch: `handler` gets each change after `revision`. Throws 410 Expired for a revision too old. */
  since(kind: string, revision: number, handler: (change: LoggedChange) => void): () => void;
}

export interface StoreOptions {
  /** How many changes of each kind a watch can resume over. */
  history?: number;
  /** Makes watches late, and end. */
  adversary?: Adversary | undefined;
}

const trusted: WriteOptions = { trusted: true };

/** Where clients look up which addresses are those of Services. */
const serviceCidr: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes' },
  spec: { cidrs: ['10.96.0.0/16'] },
};

/** An API server's storage, holding what every cluster starts with. */
export function createStore({ history = 4096, adversary }: StoreOptions = {}): Store {
  const tables = new Map(resources.map(({ kind }) => [kind, new Table(history)]));
  let latest = 0;

  function served(kind: string): [Resource, Table] {
    const resource = resourceOfKind(kind);
    const table = tables.get(kind);
    if (!resource || !table)
      throw badRequest(`no kind "${kind}" is served here; see clusters/embedded/api/resources.ts`);
    return [resource, table];
  }

  function current(kind: string, namespace: string | undefined, name: string) {
    const [resource, table] = served(kind);
    const key = keyOf(resource.namespaced ? namespace : undefined, name);
    const object = table.get(key);
    if (!object) throw notFound(resource, name);
    return { resource, table, key, object };
  }

  function commit(table: Table, key: string, change: Change, options: WriteOptions): KubeObject {
    if (options.dryRun) return freeze(change.object);
    latest += 1;
    change.object.metadata.resourceVersion = String(latest);
    freeze(change.object);
    table.commit(key, { ...change, revision: latest });
    return change.object;
  }

  const remove = (table: Table, key: string, old: KubeObject, options: WriteOptions) =>
    commit(table, key, { type: 'DELETED', object: { ...old, metadata: { ...old.metadata } }, old }, options);

  function requireNamespace(resource: Resource, object: KubeObject): void {
    const { namespace } = object.metadata;
    if (!namespace) throw badRequest('an empty namespace may not be set during creation');
    const found = tables.get('Namespace')?.get(namespace);
    if (!found) throw notFound(resourceOfKind('Namespace') as Resource, namespace);
    if (found.metadata.deletionTimestamp !== undefined)
      throw namespaceTerminating(resource, object.metadata.name, namespace);
  }

  const services = (): KubeObject[] => tables.get('Service')?.list() ?? [];

  function create(given: KubeObject, options: WriteOptions = {}): KubeObject {
    const [resource, table] = served(given.kind);
    const object = normal(resource, given);
    if (object.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    delete object.metadata.resourceVersion;
    stampCreated(resource, object);
    if (resource.namespaced) requireNamespace(resource, object);
    const key = keyOf(object.metadata.namespace, object.metadata.name);
    const taken = table.get(key) !== undefined;
    // a Service that is there already has the addresses that it would be given: that is not what is wrong with it
    if (taken && resource.kind === 'Service') throw alreadyExists(resource, object.metadata.name);
    prepareCreate(resource, object, { ...options, services });
    if (taken) throw alreadyExists(resource, object.metadata.name);
    return commit(table, key, { type: 'ADDED', object }, options);
  }

  function change(verb: 'update' | 'updateStatus', given: KubeObject, options: WriteOptions): KubeObject {
    const { namespace, name, resourceVersion, uid } = given.metadata;
    const { resource, table, key, object: old } = current(given.kind, namespace, name);
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw modified(resource, name);
    if (uid && uid !== old.metadata.uid) throw otherUid(resource, name, uid, old.metadata.uid as string);

    const object = normal(resource, verb === 'updateStatus' ? withStatus(old, given, options) : given);
    if (verb === 'update') {
      if (resource.subresources.includes('status')) {
        if (old['status'] === undefined) delete object['status'];
        else object['status'] = copy(old['status']);
      }
      // a client that says nothing of the owners of fields does not change them
      const { managedFields } = old.metadata;
      if (managedFields !== undefined) object.metadata['managedFields'] ??= managedFields;
      prepareUpdate(resource, object, old, { ...options, services });
    } else prepareStatus(resource, object, old, { ...options, services });
    stampUpdated(resource, object, old);
    object.metadata.resourceVersion = old.metadata.resourceVersion as string;
    if (equal(object, old)) return old;
    if (isGone(object)) return remove(table, key, object, options);
    return commit(table, key, { type: 'MODIFIED', object, old }, options);
  }

  /** Hands over the first items and then each change, until the returned function is called. */
  function follow(table: Table, first: LoggedChange[], handler: (change: LoggedChange) => void, lagMs?: () => number) {
    const delivery = deliver(handler, lagMs);
    for (const item of first) delivery.push(item);
    const leave = table.listen(delivery.push);
    return () => {
      leave();
      delivery.stop();
    };
  }

  // the callers choose the type they read an object as
  const store = {
    get(kind, namespace, name) {
      const [resource, table] = served(kind);
      return table.get(keyOf(resource.namespaced ? namespace : undefined, name));
    },
    list(kind, filter = {}) {
      const [resource, table] = served(kind);
      return table.list().filter(filterOf(resource, filter));
    },
    listAt(kind, filter, revision) {
      const [resource, table] = served(kind);
      return table.listAt(revision).filter(filterOf(resource, filter));
    },
    create: (object) => create(object, trusted),
    update: (object) => change('update', object, trusted),
    updateStatus: (object) => change('updateStatus', object, trusted),
    write: (verb, object, options) => (verb === 'create' ? create(object, options) : change(verb, object, options)),
    patch(kind, namespace, name, patch, subresource) {
      const { object: old } = current(kind, namespace, name);
      const object = mergePatch(old, patch) as KubeObject;
      // whatever the patch says of them, it is this object, and the newest version of it
      object.metadata = { ...object.metadata, name };
      restore(object.metadata, old.metadata, 'namespace', 'resourceVersion', 'uid');
      return change(subresource === 'status' ? 'updateStatus' : 'update', { ...object, kind }, trusted);
    },
    delete(kind, namespace, name, options = {}) {
      const { resource, table, key, object: old } = current(kind, namespace, name);
      const { uid } = old.metadata;
      if (options.uid !== undefined && options.uid !== uid) throw otherUid(resource, name, options.uid, uid as string);
      const object = markDeleted(old, options);
      const isNew = !equal(object, old);
      // the real server writes a Pod's last mark down before it removes it: watchers see both
      if (isGone(object) && kind === 'Pod' && isNew) commit(table, key, { type: 'MODIFIED', object, old }, options);
      if (isGone(object)) return { object: remove(table, key, object, options), gone: true };
      if (!isNew) return { object: old, gone: false };
      return { object: commit(table, key, { type: 'MODIFIED', object, old }, options), gone: false };
    },
    watch(kind: string, handler: (change: Change) => void) {
      const [, table] = served(kind);
      const present = table.list().map((object): LoggedChange => ({ type: 'ADDED', object, revision: latest }));
      return follow(table, present, handler, adversary?.lagMs);
    },
    adversary,
    revision: () => latest,
    since(kind, revision, handler) {
      const [, table] = served(kind);
      const lagMs = adversary && (() => adversary.slownessMs(kind) + adversary.lagMs());
      return follow(table, table.since(revision), handler, lagMs);
    },
  } as Store;

  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  create(serviceCidr);
  return store;
}

/**
 * The object with another status, and nothing else of what its writer sent; from a client also with other metadata,
 * which the status subresources of the real server take too (that is how a Deployment gets its revision).
 */
function withStatus(old: KubeObject, given: KubeObject, { trusted }: WriteOptions): KubeObject {
  const { status } = given;
  if (trusted) return { ...old, status };
  const metadata = { ...given.metadata };
  // https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/registry/apps/deployment/strategy.go
  const kept = { Deployment: 'labels', Pod: 'ownerReferences' }[old.kind];
  if (kept !== undefined) metadata[kept] = old.metadata[kept];
  metadata['managedFields'] ??= old.metadata['managedFields'];
  return { ...old, metadata, status };
}

/** The server's own copy of an object, with the type it is stored as. */
function normal(resource: Resource, given: KubeObject): KubeObject {
  const { metadata, ...rest } = copy(given);
  const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  const object: KubeObject = { ...type, metadata: { ...metadata }, ...rest, ...type };
  if (!resource.namespaced) delete object.metadata.namespace;
  return object;
}
