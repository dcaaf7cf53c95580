export type { AttemptReport, Dial, DnsKind, Listener, Operations, Protocol } from './attempt.ts';
export { Channel } from './channel.ts';
export { type Convergence, control, converge } from './converge.ts';
export { type Expectation, parseMatrix, parseTarget } from './matrix.ts';
export { Patience } from './patience.ts';
export { type Agent, type Cell, type CellResult, type Round, runRound, type Target, witness } from './round.ts';
export { agentSource } from './source.ts';
export { satisfies } from './verdict.ts';
export { describe, sentence } from './words.ts';
