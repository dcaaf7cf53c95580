import { AssertionError } from 'node:assert';
import { BrokenError } from './outcome.ts';
import { type CellResult, type Convergence, describe } from './probe/index.ts';

/** A cell as reports show it. */
export function cellOf({ cell: { from, to, expected }, verdict }: CellResult) {
  return { from: from.name, to: to.name, port: to.port, protocol: to.protocol, expected, verdict };
}

/** Why a matrix has not held, and `why` it should have. One in which a probe failed says nothing about the network. */
export function failureOf({ last, rounds }: Convergence, why: string[] = []): Error {
  const unsteady = last.right ? 'the last round was right, but not three in a row over a second; ' : '';
  const reasons =
    why.length === 0 ? '' : `\n\nBy the documents of the API:\n${why.map((line) => `  ${line}`).join('\n')}`;
  const text = `${describe(last.results)}\n(${unsteady}after ${rounds} rounds)${reasons}`;
  if (last.results.some(isBroken)) return new BrokenError(text);
  return new AssertionError({ message: text });
}

/** A listener that its own Pod cannot reach has died: nothing that is not heard there says anything. */
const isBroken = ({ verdict, report }: CellResult): boolean =>
  verdict === 'broken' || (verdict === 'unserved' && report?.outcome !== 'unresolved');
