/**
 * Reads `nft monitor`: each transaction is some lines on what it changed, and then a line with the new generation of
 * the ruleset and who made it. In JSON that last line is missing, and so is much of what happens to sets.
 */

import { ownTables } from './render.ts';
import { isItsChange } from './strangers/kube-proxy.ts';

/** A change of the ruleset, whoever made it. */
export interface Transaction {
  isOwn: boolean;
  /** Whether it changed tables of ours. `unclear`: what it changed cannot be told. */
  touches: 'ours' | 'others' | 'unclear';
  /** It set rules of kube-proxy. */
  isKubeProxys?: true;
  /** The program that made it, as the kernel has it: `process 4711 (firewalld)`. */
  by: string;
}

const ours = new RegExp(`^\\w+ (?:table|chain|rule|set|map|element|flowtable) ip (?:${ownTables.join('|')})(?: |$)`);
/** Of sets that it has not seen being made it does not know the table. */
const unclear = /^W:/;
/** It was too slow, and has missed something: maybe what others did before a transaction of ours. */
const missed = /^# ERROR/;
const generation = /^# new generation \d+ by (process .*)$/;

/** `mark`: a text that is in each of our own transactions and in no other one. Gives a reader of lines. */
export function readTransactions(mark: string): (line: string) => Transaction | undefined {
  let isOwn = false;
  let touches: Transaction['touches'] = 'others';
  let isKubeProxys = false;
  return (line) => {
    const by = generation.exec(line)?.[1];
    if (by !== undefined) {
      const transaction: Transaction = { isOwn, touches, by, ...(isKubeProxys && { isKubeProxys }) };
      isOwn = false;
      isKubeProxys = false;
      touches = 'others';
      return transaction;
    }
    if (missed.test(line)) {
      isOwn = false;
      touches = 'unclear';
      return { isOwn, touches, by: 'a program that nobody saw' };
    }
    isKubeProxys ||= isItsChange(line);
    if (line.includes(mark)) isOwn = true;
    else if (ours.test(line)) touches = 'ours';
    else if (touches === 'others' && unclear.test(line)) touches = 'unclear';
    return undefined;
  };
}
