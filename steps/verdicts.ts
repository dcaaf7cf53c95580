import { AssertionError } from 'node:assert';
import { BrokenError } from './outcome.ts';
import { type CellResult, type Convergence, describe, isBroken, type Looks } from './probe/index.ts';

/** A cell as reports show it. */
export function cellOf({ cell: { from, to, expected }, verdict }: CellResult) {
  return { from: from.name, to: to.name, port: to.port, protocol: to.protocol, expected, verdict };
}

/** Why a matrix has not held, and `why` it should have. One in which a probe failed says nothing about the network. */
export function failureOf(result: Convergence, why: string[] = []): Error {
  const { last, isRightNow, rounds, looks } = result;
  if (result.undecided) return undecided(looks);
  const unsteady = isRightNow ? 'the last round was right, and came too late; ' : '';
  const reasons =
    why.length === 0 ? '' : `\n\nBy the documents of the API:\n${why.map((line) => `  ${line}`).join('\n')}`;
  const text = `${describe(last.results)}\n(${unsteady}after ${rounds} rounds)${reasons}`;
  if (last.results.some(isBroken)) return new BrokenError(text);
  return new AssertionError({ message: text });
}

/** Nothing is known of the network, for those who were to look stood still. */
export function undecided({ sound, void: voids, stood }: Looks): BrokenError {
  const who = stood.who === '' ? 'netvet itself' : stood.who;
  const worth = voids === 0 ? '' : `, and ${voids} of ${sound + voids} looks were worth nothing`;
  return new BrokenError(
    `the machine was too busy to tell: ${who} stood still for ${Math.round(stood.ms)} ms${worth}. ` +
      'Run fewer scenarios at once (--parallel 1), or on a bigger machine',
  );
}
