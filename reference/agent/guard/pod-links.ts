import type { LinkSetting } from '../../model/spoofing.ts';
import type { Entry } from '../attachment/index.ts';
import type { Attachments } from '../attachments.ts';
import { type Log, messageOf } from '../log.ts';
import type { Tell } from './loss.ts';
import { Truce } from './truce.ts';

/** A link that could not be made is tried again after this, or later; in milliseconds. */
const retryMs = 1_000;

interface Means {
  attachments: Pick<Attachments, 'list' | 'lost' | 'restore'>;
  /** What is set on links of Pods; undefined while nothing is known: then none is made. */
  settings: () => LinkSetting[] | undefined;
  /** Asks for a pass: what else a link needs follows. */
  pass: () => void;
  tell: Tell;
  log: Log;
  now?: () => number;
}

/**
 * Links of Pods that have gone are made again. A Pod with NET_ADMIN can delete its own, as often as it likes. That is
 * no loss of the node's, and no reason for the node to take no Pods: such a Pod waits for its link longer each time,
 * and nobody else does.
 */
export class PodLinks {
  readonly #with: Means;
  readonly #now: () => number;
  readonly #truces = new Map<string, Truce>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  /** Those that have waited. */
  readonly #due = new Set<string>();
  #looking: Promise<unknown> = Promise.resolve();
  /** How many links were made again. */
  repairs = 0;

  constructor(means: Means) {
    this.#with = means;
    this.#now = means.now ?? performance.now.bind(performance);
  }

  /** Looks for such links, once all looks before have ended. Rejects where links cannot be listed. */
  look(): Promise<void> {
    const turn = this.#looking.then(() => this.#look());
    this.#looking = turn.catch(() => {});
    return turn;
  }

  stop(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }

  async #look(): Promise<void> {
    const { attachments, settings, pass } = this.#with;
    const wanted = settings();
    if (wanted === undefined) return;
    const lost = await attachments.lost();
    const known = new Set(attachments.list().map(({ hostInterface }) => hostInterface));
    for (const name of this.#truces.keys()) if (!known.has(name)) this.#truces.delete(name);
    const now = lost.filter(({ hostInterface }) => !this.#waiting.has(hostInterface));
    const made = await Promise.all(now.map((entry) => this.#restore(entry, wanted)));
    if (made.includes(true)) pass();
  }

  async #restore(entry: Entry, settings: LinkSetting[]): Promise<boolean> {
    const { attachments, log } = this.#with;
    const about = { pod: `${entry.namespace}/${entry.pod}`, link: entry.hostInterface };
    const wait = this.#due.delete(entry.hostInterface) ? 0 : this.#disturbed(entry);
    if (wait > 0) return this.#later(entry, wait);
    try {
      await attachments.restore(entry, settings);
      this.repairs += 1;
      log('the link of a Pod had gone and was made anew', about);
      return true;
    } catch (error) {
      log('the link of a Pod had gone and could not be made anew', { ...about, error: messageOf(error) });
      return this.#later(entry, Math.max(this.#disturbed(entry), retryMs));
    }
  }

  /** How long this link has to wait. */
  #disturbed({ hostInterface: name, namespace, pod }: Entry): number {
    const truce = this.#truces.get(name) ?? new Truce();
    this.#truces.set(name, truce);
    const now = this.#now();
    const wait = truce.disturbed(now);
    if (truce.fights(now) > 0) {
      const how = 'it is made again later each time. The Pod itself can delete it, if it has NET_ADMIN';
      this.#with.tell('PodLinkLost', `Pod ${namespace}/${pod} loses its network link again and again: ${how}`);
    }
    return wait;
  }

  #later({ hostInterface: name }: Entry, wait: number): false {
    const over = () => {
      this.#waiting.delete(name);
      this.#due.add(name);
      this.look().catch((error: unknown) => this.#with.log('links could not be listed', { error: messageOf(error) }));
    };
    this.#waiting.set(name, setTimeout(over, wait));
    return false;
  }
}
