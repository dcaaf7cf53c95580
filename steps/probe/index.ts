export type { Arrival, AttemptReport, Dial, DnsKind, DnsReport, Listener, Operations, Protocol } from './attempt.ts';
export { Budget, longestStretch } from './budget.ts';
export type { Agent, Cell, CellResult, Target } from './cell.ts';
export { Channel } from './channel.ts';
export {
  type Control,
  type Convergence,
  control,
  converge,
  type Late,
  type Looks,
  longest,
} from './converge.ts';
export { lateArrivals } from './late.ts';
export { type Expectation, parseMatrix, parseTarget } from './matrix.ts';
export { Patience } from './patience.ts';
export {
  isBroken,
  isVoidFor,
  keptAll,
  type Round,
  runRound,
  wasMade,
  witness,
} from './round.ts';
export { agentSource } from './source.ts';
export { steadyAccount } from './steady.ts';
export { harness, voidShare, watchHarness, worstOf } from './still.ts';
export { satisfies } from './verdict.ts';
export { describe, sentence } from './words.ts';
