import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isPostgres, startupMessage } from './database.ts';

it('says hello as PostgreSQL clients do', () => {
  const bytes = Buffer.from(startupMessage(), 'base64');
  assert.equal(bytes.readInt32BE(0), bytes.length);
  assert.equal(bytes.toString('latin1', 4), '\x00\x03\x00\x00user\0postgres\0database\0postgres\0\0');
});

it('knows a PostgreSQL server by its first byte', () => {
  const answer = (text: string) => Buffer.from(text, 'latin1').toString('base64');
  assert.ok(isPostgres(answer('R\x00\x00\x00\x08\x00\x00\x00\x00')));
  assert.ok(isPostgres(answer('E\x00\x00\x00\x10SFATAL\0')));
  assert.ok(!isPostgres(answer('HTTP/1.1 400 Bad Request')));
  assert.ok(!isPostgres(''));
});
