/** Other programs on the node: what they take away is put back, and what they do to Pods is said. */
import type { Follow } from '../../dataplane/follow.ts';
import type { IpDataplane } from '../../dataplane/ip/index.ts';
import { findStrangers, type Nft, redirectedByOthers } from '../../dataplane/nft/index.ts';
import type { Run } from '../../dataplane/run.ts';
import type { Desired, Lost } from '../../model/index.ts';
import type { Attachments } from '../attachments.ts';
import { type Log, messageOf } from '../log.ts';
import type { Reconciler } from '../reconciler.ts';
import { isKubeProxyThere } from './kube-proxy.ts';
import { watchLinks } from './links.ts';
import { Loss, type Tell } from './loss.ts';
import { PodLinks } from './pod-links.ts';
import { Rules } from './rules.ts';

/** Between two looks at what other programs have in nftables, in milliseconds. */
const lookMs = 1_000;

interface Surroundings {
  run: Run;
  /** Where the node's files are. */
  hostRoot: string;
  follow: Follow;
  ip: IpDataplane;
  nft: Nft;
  reconciler: Pick<Reconciler, 'sync' | 'look' | 'state'>;
  attachments: Attachments;
  tell: Tell;
  log: Log;
}

export class Guard {
  readonly #with: Surroundings;
  readonly #tables: Loss;
  readonly #links: Loss;
  readonly #podLinks: PodLinks;
  readonly #rules: Rules;
  readonly #endLinks: () => void;
  #looking: NodeJS.Timeout | undefined;
  /** What others do to Pods, and what they have left that does nothing. */
  #strangers: string[] = [];
  #leftovers: string[] = [];

  constructor(all: Surroundings) {
    this.#with = all;
    const { follow, ip, nft, reconciler, attachments, tell, log } = all;
    // a pass that fails is in its state and the log, and repeats itself
    const repair = () => void reconciler.sync().catch(() => {});
    const loss = (what: string) => new Loss({ what, repair, tell, log });
    this.#tables = loss("netvet's tables of nftables");
    this.#links = loss("netvet's links or routes");
    const look = reconciler.look.bind(reconciler);
    this.#rules = new Rules({ follow, nft, loss: this.#tables, others: () => this.#lookSoon(), log });
    const settings = () => reconciler.state.last?.desired.spoofing.linkSettings;
    this.#podLinks = new PodLinks({ attachments, settings, pass: repair, tell, log });
    const restore = () => this.#podLinks.look();
    this.#endLinks = watchLinks({ follow, ip, loss: this.#links, inBetween: look, pass: repair, restore, log });
  }

  /** What the next pass has to put right. */
  get lost(): Lost {
    return { tables: this.#tables.isDue, links: this.#links.isDue };
  }

  /** A pass begins. */
  passBegins(): void {
    for (const loss of [this.#tables, this.#links]) loss.takeInHand();
  }

  /** It has put this right, whatever becomes of the rest of it. */
  restored(what: keyof Lost): void {
    (what === 'tables' ? this.#tables : this.#links).restored();
  }

  /** Looks whether our tables are there, with all that belongs in them. */
  async verifyTables(whole = !this.#rules.hears): Promise<boolean> {
    const isThere = await this.#with.nft.verify(whole);
    if (!isThere) this.#tables.notice('a program that nobody saw');
    return isThere;
  }

  /** Makes links of Pods again that went while no agent ran. */
  restoreLinks(): void {
    const { log } = this.#with;
    this.#podLinks.look().catch((error: unknown) => log('links could not be listed', { error: messageOf(error) }));
  }

  /** Compares with the kernel, for what nobody told of. */
  async verify(): Promise<void> {
    const { ip, reconciler } = this.#with;
    this.#lookSoon();
    await this.verifyTables();
    await this.#podLinks.look();
    if (!(await reconciler.look(() => ip.isThere()))) this.#links.notice('a program that nobody saw');
  }

  /** What other programs do to this node's Pods, in sentences. */
  ailments(): string[] {
    return [...this.#tables.fights(), ...this.#links.fights(), ...this.#strangers];
  }

  /** What is to be known and does no harm, in sentences. */
  notes(): string[] {
    return this.#leftovers;
  }

  metrics(): Record<string, number> {
    const [tables, links] = [this.#tables.state, this.#links.state];
    return {
      netvet_hears_nftables: this.#rules.hears ? 1 : 0,
      'netvet_repairs_total{what="tables"}': tables.repairs,
      'netvet_repairs_total{what="links"}': links.repairs,
      'netvet_repairs_total{what="pod-links"}': this.#podLinks.repairs,
      'netvet_last_repair_seconds{what="tables"}': tables.lastMs / 1000,
      'netvet_last_repair_seconds{what="links"}': links.lastMs / 1000,
      'netvet_longest_repair_seconds{what="tables"}': tables.longestMs / 1000,
      'netvet_longest_repair_seconds{what="links"}': links.longestMs / 1000,
      netvet_foreign_rules_in_the_way: this.#strangers.length,
    };
  }

  stop(): void {
    clearTimeout(this.#looking);
    this.#tables.stop();
    this.#links.stop();
    this.#podLinks.stop();
    this.#rules.stop();
    this.#endLinks();
  }

  #lookSoon(): void {
    this.#looking ??= setTimeout(() => {
      const { reconciler, log } = this.#with;
      const { last } = reconciler.state;
      this.#looking = undefined;
      if (last === undefined) return this.#lookSoon();
      this.#look(last.desired).catch((error: unknown) =>
        log('the tables of others could not be read', { error: messageOf(error) }),
      );
    }, lookMs);
  }

  async #look({ passing }: Desired): Promise<void> {
    const { run, hostRoot, tell, log } = this.#with;
    const { drops, kubeProxy } = await findStrangers(run, passing);
    if (kubeProxy.length === 0) this.#rules.hasHeardKubeProxy = false;
    const redirected = kubeProxy.length === 0 ? [] : await redirectedByOthers(run);
    // rules may be set by who restores old ones, and any Pod on the node's network may call its process kube-proxy
    const isAtWork = this.#rules.hasHeardKubeProxy && isKubeProxyThere(hostRoot);
    const isInTheWay = isAtWork || redirected.length > 0;
    const proof = redirected.length === 0 ? '' : `. Within a minute these were redirected: ${redirected.join(', ')}`;
    const strangers = [...drops, ...(isInTheWay ? kubeProxy.map((sentence) => sentence + proof) : [])];
    const leftovers = isInTheWay ? [] : kubeProxy;
    for (const stranger of strangers.filter((one) => !this.#strangers.includes(one))) {
      log('another program is in the way of Pods', { what: stranger });
      tell('ForeignRules', stranger);
    }
    for (const leftover of leftovers.filter((one) => !this.#leftovers.includes(one))) {
      log('another program has left its rules', { what: leftover });
      tell('LeftoverRules', leftover);
    }
    this.#strangers = strangers;
    this.#leftovers = leftovers;
  }
}
