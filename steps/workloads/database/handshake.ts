/**
 * The first thing that a PostgreSQL client says: StartupMessage of protocol 3.0 for the user and database `postgres`
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html). Base64.
 */
export function startupMessage(): string {
  const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + parameters.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, parameters]).toString('base64');
}

/** Whether it was a PostgreSQL server that answered so (base64): with Authentication, or with an error of its own. */
export function isPostgres(answer: string): boolean {
  return ['R', 'E'].includes(Buffer.from(answer, 'base64').toString('latin1', 0, 1));
}
