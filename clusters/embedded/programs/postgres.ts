/**
 * What the image `postgres` runs here: PGlite, which is PostgreSQL 18 compiled to WebAssembly, behind a TCP server. Of
 * the official image's customs it knows PGPORT and the *.sql files of /docker-entrypoint-initdb.d. It is one database:
 * whatever user and database a client names (POSTGRES_USER, POSTGRES_DB), it is trusted and gets that one. Making it
 * from nothing takes 2 CPU seconds, so the first is kept in the file NETVET_PGLITE_TEMPLATE; others begin with a copy,
 * in a fifth of the time. All that makes it smaller makes them faster: little log, few buffers, no other databases.
 */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const template = process.env['NETVET_PGLITE_TEMPLATE'];
const settings = ['min_wal_size=2MB', 'max_wal_size=2MB', 'shared_buffers=1MB'];
const small = ['--wal-segsize=1', ...settings.flatMap((setting) => ['-c', setting])];

/** A database that lives in memory. */
async function create(): Promise<PGlite> {
  const copy = template && (await readFile(template).catch(() => undefined));
  // a Blob would hand out the same bytes in small pieces
  if (copy) return PGlite.create({ loadDataDir: { type: '', arrayBuffer: async () => copy } as unknown as Blob });
  const database = await PGlite.create({ initDbStartParams: small });
  // whoever is second replaces the first one's file by an equal one
  if (template)
    await keep(database, template).catch((error: Error) => console.error(`no template kept: ${error.message}`));
  return database;
}

async function keep(database: PGlite, path: string): Promise<void> {
  for (const other of ['template0', 'template1']) {
    await database.exec(`ALTER DATABASE ${other} IS_TEMPLATE false`);
    await database.exec(`DROP DATABASE ${other}`);
  }
  await database.exec('CHECKPOINT');
  const tar = await database.dumpDataDir('none');
  const own = `${path}.${process.env['HOSTNAME']}`;
  await writeFile(own, Buffer.from(await tar.arrayBuffer()));
  await rename(own, path);
}

/** As the official image does with a fresh database: by name, and the first that fails ends it. */
async function initialize(database: PGlite): Promise<void> {
  const directory = '/docker-entrypoint-initdb.d';
  const files = await readdir(directory).catch(() => []); // nothing is mounted
  for (const file of files.filter((name) => name.endsWith('.sql')).toSorted()) {
    console.log(`running ${join(directory, file)}`);
    await database.exec(await readFile(join(directory, file), 'utf8'));
  }
}

process.on('SIGTERM', () => process.exit(0));
const db = await create();
await initialize(db);
const server = new PGLiteSocketServer({
  db,
  host: '0.0.0.0',
  port: Number(process.env['PGPORT'] ?? 5432),
  // PGlite runs one query at a time and queues the others; its own default of 1 drops every second connection
  maxConnections: 100,
});
await server.start();
console.log('database system is ready to accept connections');
