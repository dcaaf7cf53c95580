export type {
  Arrival,
  Attempt,
  AttemptReport,
  Dial,
  DnsKind,
  HeldReport,
  Listener,
  Operations,
  Outcome,
  Protocol,
} from './attempt.ts';
export { Channel } from './channel.ts';
export { type Convergence, control, converge } from './converge.ts';
export { type Expectation, parseMatrix, parseTarget } from './matrix.ts';
export { type Agent, type Cell, type CellResult, type Round, runRound, type Target } from './round.ts';
export { agentSource } from './source.ts';
export { satisfies, type Verdict } from './verdict.ts';
export { describe } from './words.ts';
