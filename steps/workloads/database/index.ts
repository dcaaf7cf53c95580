export { database, databasePort } from './deployment.ts';
export { isPostgres, startupMessage } from './handshake.ts';
