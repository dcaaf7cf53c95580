import type { Follow } from '../../dataplane/follow.ts';
import { type Nft, readTransactions, type Transaction } from '../../dataplane/nft/index.ts';
import { type Log, messageOf } from '../log.ts';
import type { Loss } from './loss.ts';

/** In milliseconds. */
const times = {
  /** A monitor that does not hear us yet is called again, after twice as long each time. */
  call: 100,
  longestCall: 10_000,
  /** Between two comparisons with what is in the kernel: the tables may be large. */
  compare: 1_000,
};

interface RulesWatch {
  follow: Follow;
  nft: Nft;
  loss: Loss;
  /** Another program has changed something that is not ours. */
  others: () => void;
  log: Log;
}

/**
 * Listens to all that happens to nftables, through `nft monitor`. What other programs do to our tables is a loss; where
 * it does not tell what they did, the tables are compared. What we do ourselves has our mark.
 */
export class Rules {
  readonly #with: RulesWatch;
  readonly #end: () => void;
  #calling: NodeJS.Timeout | undefined;
  #callMs = times.call;
  #comparing: NodeJS.Timeout | undefined;
  #isStopped = false;
  /** Whether the monitor hears what happens. */
  hears = false;
  /** Whether somebody was heard to set rules of kube-proxy. */
  hasHeardKubeProxy = false;

  constructor(all: RulesWatch) {
    this.#with = all;
    const { follow, nft, log } = all;
    let read = readTransactions(nft.mark);
    // warnings come in between the lines that they are about
    this.#end = follow(['sh', '-c', 'exec nft monitor 2>&1'], {
      begun: () => {
        read = readTransactions(nft.mark);
        this.#callMs = times.call;
        this.#call();
      },
      line: (text) => {
        const transaction = read(text);
        if (transaction !== undefined) this.#happened(transaction);
      },
      ended: (lastLine) => {
        this.hears = false;
        clearTimeout(this.#calling);
        log('nft monitor has ended: until it runs again, changes by others are found by comparing', { lastLine });
      },
    });
  }

  /** It takes a moment until a monitor listens: we leave marks until it tells of one. */
  #call(): void {
    clearTimeout(this.#calling);
    if (this.hears || this.#isStopped) return;
    const again = () => {
      if (this.#isStopped) return;
      clearTimeout(this.#calling);
      this.#calling = setTimeout(() => this.#call(), this.#callMs);
      this.#callMs = Math.min(2 * this.#callMs, times.longestCall);
    };
    this.#with.nft.leaveMark().then(again, again);
  }

  #happened({ isOwn, touches, isKubeProxys, by }: Transaction): void {
    const { loss, others } = this.#with;
    this.hasHeardKubeProxy ||= isKubeProxys === true;
    if (isOwn && !this.hears) {
      this.hears = true;
      // nobody has told what happened before
      this.compare('a program that nobody saw');
      others();
    }
    if (isOwn) return;
    others();
    if (touches === 'ours') loss.notice(by);
    if (touches === 'unclear') this.compare(by);
  }

  /** Looks, soon, whether all is there. */
  compare(by: string): void {
    this.#comparing ??= setTimeout(() => this.#compare(by), times.compare);
  }

  #compare(by: string): void {
    const { nft, loss, log } = this.#with;
    this.#comparing = undefined;
    nft.verify(true).then(
      (isThere) => isThere || this.#isStopped || loss.notice(by),
      (error: unknown) => log('our tables could not be compared', { error: messageOf(error) }),
    );
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#calling);
    clearTimeout(this.#comparing);
    this.#end();
  }
}
