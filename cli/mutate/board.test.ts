import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Screen } from '../progress/screen.ts';
import { createBoard } from './board.ts';
import type { Result } from './result.ts';

const killed: Result = {
  name: 'one-bug',
  fault: 'it is wrong',
  link: 'https://example.com',
  fate: 'killed',
  killers: [{ id: 'a', feature: 'Peers', name: 'into the database', reason: 'seen', promise: 'It holds.' }],
  judged: 1,
  durationMs: 12_000,
};

test('on a terminal the table grows above what is being tried, with counts and the time left', () => {
  const screen = new Screen(100);
  let time = 0;
  const names = ['one-bug', 'other-bug', 'third-bug'];
  const board = createBoard({ stream: screen, names, atOnce: 2, env: { NO_COLOR: '1' }, now: () => time });
  board.started('one-bug');
  board.started('other-bug');
  time = 12_000;
  board.finished(killed);
  const lines = screen.text.split('\n');
  assert.match(lines[0] ?? '', /^✓ killed {4}one-bug {6}12 s {2}Peers: into the database$/);
  assert.match(lines[1] ?? '', /^1 of 3, 1 killed, about 6\.0 s left$/);
  assert.match(lines[2] ?? '', /^. other-bug {2}12 s$/);
  board.end();
  assert.equal(screen.text.split('\n').length, 1);
});
