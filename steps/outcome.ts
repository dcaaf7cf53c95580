import { AssertionError } from 'node:assert';
import type { IWorld } from '@cucumber/cucumber';

/** The suite could not do its work (agent gone, channel lost, API refused, control failed): never a verdict. */
export class BrokenError extends Error {
  override name = 'BrokenError';
}

/** The cluster cannot do what the scenario is about; the message is the reason that reports show. */
export class SkipError extends Error {
  override name = 'SkipError';
}

/** Media types of what scenarios attach to cucumber's messages, each one JSON value; read by report/attachments.ts. */
export const mediaTypes = {
  /** {name, value, unit} */
  measurement: 'application/vnd.netvet.measurement+json',
  /** [{from, to, port, protocol, expected, verdict}]: the matrix as it was at the end of a step */
  cells: 'application/vnd.netvet.cells+json',
  /** {sound, void, longestMs, who?}: looks of the whole scenario */
  looks: 'application/vnd.netvet.looks+json',
  /** {status: 'skipped' | 'broken' | 'observed', reason} */
  outcome: 'application/vnd.netvet.outcome+json',
} as const;

// `this` of a step is the world, of a hook of the whole worker it is not
type Code = (this: Partial<IWorld>, ...args: unknown[]) => unknown;

/** Wraps each step and hook: a failed assertion fails the scenario, SkipError skips it, anything else breaks it. */
export function judged(code: Code): Code {
  const wrapped: Code = async function (...args) {
    try {
      return await code.apply(this, args);
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const skipped = error instanceof SkipError;
      this.attach?.(JSON.stringify({ status: skipped ? 'skipped' : 'broken', reason }), mediaTypes.outcome);
      if (skipped) return 'skipped';
      throw error instanceof BrokenError ? error : new BrokenError(reason, { cause: error });
    }
  };
  // cucumber counts a step's parameters by this
  Object.defineProperty(wrapped, 'length', { value: code.length });
  return wrapped;
}

/** Carries out all, whatever becomes of those before. Rejects with the first AssertionError, else the first error. */
export async function everyOne(works: (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const work of works) await work().catch((error: unknown) => errors.push(error));
  const [worst] = [...errors.filter((error) => error instanceof AssertionError), ...errors];
  if (worst !== undefined) throw worst;
}
