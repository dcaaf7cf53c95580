/**
 * What the image `postgres` runs here: PGlite, which is PostgreSQL 17 compiled to WebAssembly, behind a TCP server. Of the official
 * image's environment it knows PGPORT; every user is trusted.
 *
 * Making a database cluster from nothing (initdb) takes 4 CPU seconds, so the first one is kept in the file NETVET_PGLITE_TEMPLATE;
 * those that follow begin with a copy of it, in a fifth of the time.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const template = process.env['NETVET_PGLITE_TEMPLATE'];

/** A database that lives in memory. */
async function create(): Promise<PGlite> {
  const copy = template && (await readFile(template).catch(() => undefined));
  if (copy) return PGlite.create({ loadDataDir: new Blob([copy]) });
  const database = await PGlite.create();
  // whoever is second replaces the first one's file by an equal one
  if (template)
    await keep(database, template).catch((error: Error) => console.error(`no template kept: ${error.message}`));
  return database;
}

async function keep(database: PGlite, path: string): Promise<void> {
  const tar = await database.dumpDataDir('none');
  const own = `${path}.${process.env['HOSTNAME']}`;
  await writeFile(own, Buffer.from(await tar.arrayBuffer()));
  await rename(own, path);
}

process.on('SIGTERM', () => process.exit(0));
const server = new PGLiteSocketServer({
  db: await create(),
  host: '0.0.0.0',
  port: Number(process.env['PGPORT'] ?? 5432),
  // PGlite runs one query at a time and queues the others; its own default of 1 drops every second connection
  maxConnections: 100,
});
await server.start();
console.log('database system is ready to accept connections');
