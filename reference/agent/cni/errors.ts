import { CommandError } from '../../dataplane/run.ts';

/** The specification's error codes (https://www.cni.dev/docs/spec/#error), and netvet's own from 100 on. */
export const codes = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  /** One or more environment variables are bad; the message names all of them. */
  badEnvironment: 4,
  io: 5,
  decode: 6,
  badConfig: 7,
  /** Not in the specification's table, but in its Go code: `ErrInvalidNetNS`. */
  badNetns: 8,
  tryAgain: 11,
  /** STATUS: ADD cannot be served. */
  notAvailable: 50,
  /** STATUS: ADD cannot be served, and Pods that exist may be limited. */
  limited: 51,
  attachmentExists: 101,
  interfaceExists: 102,
  /** The kernel, or a program that speaks to it, refused. */
  dataplane: 103,
  /** CHECK found something else than ADD left. */
  checkFailed: 104,
  internal: 999,
} as const;

/** An error as a runtime gets it: an object on stdout and exit code 1. `details` says what to do, or what was seen. */
export class CniError extends Error {
  readonly code: number;
  readonly details: string | undefined;
  constructor(code: number, message: string, details?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CniError';
    this.code = code;
    this.details = details;
  }
}

/** Any thrown value as a CniError: I/O failures get code 5, commands 103, all else 999 as in the Go library. */
export function asCniError(error: unknown): CniError {
  if (error instanceof CniError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CommandError) {
    return new CniError(codes.dataplane, 'the node refused a command', message, { cause: error });
  }
  const { code = '', syscall } = (error ?? {}) as NodeJS.ErrnoException;
  // no room, or the quota is used up: every write of an ADD may meet this
  if (/^(ENOSPC|EDQUOT)$/.test(code)) return new CniError(codes.io, 'the disk is full', message, { cause: error });
  if (syscall !== undefined) {
    return new CniError(codes.io, `input/output error: ${message}`, undefined, { cause: error });
  }
  return new CniError(codes.internal, message, undefined, { cause: error });
}
