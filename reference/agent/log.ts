import { CommandError } from '../dataplane/run.ts';

/** The agent's log: one JSON object a line on stderr, as `kubectl logs` and machines like it. */
export type Log = (message: string, fields?: Record<string, unknown>) => void;

export const log: Log = (message, fields = {}) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), message, ...fields })}\n`);
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The same for places with little room, such as a Node's conditions. */
export const briefOf = (error: unknown): string => (error instanceof CommandError ? error.brief : messageOf(error));
