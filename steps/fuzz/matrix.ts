import type { Actor } from '../actor.ts';
import type { KubeObject } from '../kube/index.ts';
import { type Connection, judge, type Labels } from '../oracle/index.ts';
import type { Cell } from '../probe/index.ts';
import { networkPolicy } from '../workloads/index.ts';
import type { World } from '../world.ts';
import { labelKeys } from './generate/index.ts';
import { type Case, clusterOf, type Place, ports } from './place.ts';

/** A cell and the connection that the oracle judged for it. */
export interface Judged {
  cell: Cell;
  connection: Connection;
}

/** The standing Pods, and what is laid over them at the moment. */
export class Matrix {
  readonly place: Place;
  readonly #world: World;
  readonly #actors: Actor[];
  #applied: KubeObject[] = [];

  constructor(world: World, actors: Actor[], namespaces: string[], pods: Place['pods']) {
    this.#world = world;
    this.#actors = actors;
    this.place = { namespaces, pods };
  }

  /** Gives Pods and namespaces the labels of a case, then applies its policies. */
  async apply({ policies, podLabels, namespaceLabels }: Case): Promise<void> {
    const { kube } = this.#world;
    const { namespaces, pods } = this.place;
    await Promise.all([
      ...pods.map(({ namespace, name }, i) =>
        kube.patch({ kind: 'Pod', metadata: { namespace, name } }, labelling(podLabels[i], labelKeys.pods)),
      ),
      ...namespaces.map((name, i) =>
        kube.patch({ kind: 'Namespace', metadata: { name } }, labelling(namespaceLabels[i], labelKeys.namespaces)),
      ),
    ]);
    this.#applied = policies.map(({ namespace, name, spec }) => networkPolicy(namespace, name, spec));
    await this.#world.change(() => Promise.all(this.#applied.map((policy) => kube.create(policy))));
  }

  /** Deletes the policies. Idempotent. */
  async clear(): Promise<void> {
    const applied = this.#applied;
    if (applied.length === 0) return;
    await this.#world.change(() => Promise.all(applied.map((policy) => this.#world.kube.delete(policy))));
    this.#applied = [];
  }

  /** Every connection between the Pods, with what the oracle expects of it; without a case all are allowed. */
  cells(one?: Case): Judged[] {
    const nothing: Case = { policies: [], podLabels: [], namespaceLabels: [] };
    const cluster = clusterOf(this.place, one ?? nothing);
    return cluster.pods.flatMap((from, client) =>
      cluster.pods.flatMap((to, server) =>
        ports.map(({ protocol, port }): Judged => {
          const connection: Connection = { from, to, protocol, port };
          const agent = this.#actors[server] as Actor;
          const servers = [{ agent, listener: { protocol, port } }];
          const target = { name: to.name, host: to.ip, port, protocol, servers };
          const expected = judge(cluster, connection).allowed ? 'allowed' : 'denied';
          return { connection, cell: { from: this.#actors[client] as Actor, to: target, expected } };
        }),
      ),
    );
  }
}

/** A merge patch that leaves an object these of the generated labels and no others. */
function labelling(labels: Labels = {}, keys: string[]): { metadata: { labels: Record<string, string | null> } } {
  return { metadata: { labels: Object.fromEntries(keys.map((key) => [key, labels[key] ?? null])) } };
}
