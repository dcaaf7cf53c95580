import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Screen } from '../progress/screen.ts';
import { createLoadDisplay, type Standing } from './display.ts';

const standing: Standing = {
  rounds: 0,
  requests: 0,
  lost: 0,
  precision: undefined,
  tolerance: 5,
  path: 'Service path',
  leftMs: 65_000,
};

test('a terminal has one line with counts, precision and time left, and none once it has ended', () => {
  const screen = new Screen(120);
  const display = createLoadDisplay(screen);
  display.show({ ...standing, rounds: 2, requests: 1_803, lost: 1, precision: 7.26 });
  assert.match(
    screen.text,
    /^round 3 {2}Service path {2}1,803 requests, 1 lost, known to ±7\.3 %, wanted ±5 %, at most 1:05 left$/,
  );
  display.end();
  display.show(standing);
  assert.equal(screen.text, '');
});

test('a pipe has a line for each round on all paths', () => {
  const pipe = new PassThrough({ encoding: 'utf8' });
  const display = createLoadDisplay(pipe);
  display.show(standing);
  display.show({ ...standing, path: 'same Pods dialled directly' });
  display.show({ ...standing, rounds: 1, requests: 903, leftMs: -10 });
  display.end();
  assert.equal(pipe.read(), 'round 1: 903 requests, 0 lost, to be known to ±5 %, at most 0.0 s left\n');
});
