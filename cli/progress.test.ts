import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { createCollector } from '../report/index.ts';
import { cucumber } from '../report/testing/cucumber.ts';
import { stepFile } from '../report/testing/suite.ts';
import { Screen } from './progress/screen.ts';
import { createProgress, type ProgressOptions } from './progress.ts';

const feature = `Feature: Default deny
  Scenario: ingress is closed
    Given it passes
  Scenario: egress is closed
    Given the assertion fails
  Scenario: needs k6
    Given it is skipped with a reason
  @observed
  Scenario: old connections
    Given it passes
  Scenario: an agent dies
    Given the probe is gone
`;
const envelopes = await cucumber({ 'features/policies/deny.feature': feature, 'steps/all.ts': stepFile });

/** A progress display and a clock that only the test moves. */
function display(stream: ProgressOptions['stream'], options: Partial<ProgressOptions> = {}) {
  let time = 0;
  const progress = createProgress({ stream, env: {}, now: () => time, ...options });
  const collector = createCollector();
  return {
    progress,
    pass: (ms: number) => {
      time += ms;
    },
    feed: (some: Envelope[], msEach = 0) => {
      for (const envelope of some) {
        time += msEach;
        progress.envelope(envelope, collector.envelope(envelope));
      }
    },
  };
}

class Log extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const nth = (n: number, kind: keyof Envelope) =>
  envelopes.findIndex((e, i) => e[kind] && envelopes.slice(0, i).filter((f) => f[kind]).length === n - 1);

test('away from a terminal: a line per stage and per finished scenario, no control characters', () => {
  const log = new Log();
  const { progress, pass, feed } = display(log);
  progress.stage('Starting 3 nodes');
  pass(800);
  progress.stage('Installing CNI reference 0.1.0');
  pass(1234);
  progress.stageDone();
  progress.note('Ready after 2.0 s');
  feed(envelopes);
  progress.end();
  assert.deepEqual(
    log.text
      .replaceAll(/\d+\.\d s$/gm, 'T')
      .replaceAll(/ 0\.\d s /g, ' T ')
      .split('\n'),
    [
      'Starting 3 nodes … T',
      'Installing CNI reference 0.1.0 … T',
      'Ready after T',
      'passed   1/5  Default deny: ingress is closed  T',
      'failed   2/5  Default deny: egress is closed  T  expected denied from web to db TCP/5432, seen leaked',
      'skipped  3/5  Default deny: needs k6  T  k6 is not installed',
      'observed 4/5  Default deny: old connections  T',
      'broken   5/5  Default deny: an agent dies  T  the agent of pod web is gone',
      '',
    ],
  );
  assert.match(log.text, /^Starting 3 nodes … 0\.8 s\nInstalling .* … 1\.2 s\n/);
});

test('a stage that is cut off says so, and nothing is shown after the end', () => {
  const log = new Log();
  const { progress, pass, feed } = display(log);
  progress.stage('Starting 3 nodes');
  pass(30_000);
  progress.end();
  progress.end();
  progress.note('late');
  progress.stage('late');
  feed(envelopes);
  assert.equal(log.text, 'Starting 3 nodes … stopped after 30 s\n');
});

test('on a terminal: stages stay, what runs and the counts keep themselves up to date', () => {
  const screen = new Screen();
  const { progress, pass, feed } = display(screen, { total: 5 });
  progress.stage('Starting 3 nodes');
  assert.match(screen.text, /^⠋ Starting 3 nodes …  0\.0 s$/);
  pass(800);
  progress.stageDone();
  assert.equal(screen.text, '✓ Starting 3 nodes  0.8 s');
  feed(envelopes.slice(0, nth(2, 'testCaseStarted') + 1));
  const lines = screen.text.split('\n');
  assert.equal(lines[0], '✓ Starting 3 nodes  0.8 s');
  assert.match(lines[1] ?? '', /^━{5}─{19} {2}1 of 5, about \d+\.\d s left$/);
  assert.equal(lines[2], '✓ 1 passed');
  assert.match(lines[3] ?? '', /^⠋ Default deny: egress is closed {2}0\.0 s$/);
  assert.equal(lines.length, 4);
  feed(envelopes.slice(nth(2, 'testCaseStarted') + 1));
  assert.match(
    screen.text,
    /✗ failed {2}Default deny: egress is closed .*\n {4}expected denied from web to db TCP\/5432, seen leaked\n/,
  );
  assert.match(screen.text, /! broken {2}Default deny: an agent dies .*\n {4}the agent of pod web is gone\n/);
  assert.match(
    screen.text,
    /━{24} {2}5 of 5.*\n✓ 1 passed {3}○ 1 observed {3}– 1 skipped {3}✗ 1 failed {3}! 1 broken$/,
  );
  progress.end();
  assert.doesNotMatch(screen.text, /━|⠋|of 5/);
  assert.match(screen.text, /^✓ Starting 3 nodes .*\n✗ failed[\s\S]*the agent of pod web is gone$/);
});

test('how many run at once is said while the machine keeps it low, and once when it no longer does', () => {
  const log = new Log();
  const screen = new Screen();
  for (const stream of [log, screen]) {
    const { progress, feed } = display(stream);
    feed(envelopes.slice(0, nth(2, 'testCaseStarted') + 1));
    const shown = () => screen.text.split('\n')[0] ?? '';
    progress.pace({ limit: 6, busy: false, rest: 0 });
    assert.doesNotMatch(shown(), /at once/);
    progress.pace({ limit: 2, busy: true, rest: 5 });
    if (stream === screen) assert.match(shown(), / 1 of 5, about .* left, 2 at once: the machine is busy$/);
    progress.pace({ limit: 3, busy: true, rest: 4 });
    if (stream === screen) assert.match(shown(), /, 3 at once: the machine is busy$/);
    progress.pace({ limit: 6, busy: false, rest: 0 });
    assert.doesNotMatch(shown(), /at once/);
    progress.end();
  }
  assert.deepEqual(log.text.split('\n').slice(1), ['2 at once: the machine is busy', '6 at once', '']);
});

test('colours on a terminal, none with NO_COLOR; a dumb terminal gets lines', () => {
  const shown = (env: Record<string, string>) => {
    const screen = new Screen();
    const { progress, feed } = display(screen, { env });
    feed(envelopes);
    progress.end();
    return screen.raw;
  };
  const coloured = (text: string) => text.includes('\u001b[32m');
  assert.ok(coloured(shown({})));
  assert.doesNotMatch(shown({ NO_COLOR: '1' }), /\[\d+m/);
  assert.ok(coloured(shown({ NO_COLOR: '' })), 'an empty NO_COLOR is none (no-color.org)');
  assert.ok(!shown({ TERM: 'dumb' }).includes('\u001b'));
});

test('a terminal that is resized under it, narrow or wide, shows no remains', () => {
  for (const [from, to] of [
    [80, 30],
    [80, 12],
    [30, 120],
    [200, 45],
  ] as const) {
    const screen = new Screen(from);
    const { progress, feed } = display(screen);
    feed(envelopes.slice(0, nth(2, 'testCaseStarted') + 1));
    screen.resize(to);
    for (const line of screen.text.split('\n')) assert.ok(line.length < to, `${line.length} of ${to}: ${line}`);
    assert.equal(screen.text.match(/^━/gm)?.length, 1, screen.text);
    progress.end();
    assert.equal(screen.text, '', `from ${from} to ${to} columns`);
  }
});

test('names from outside cannot steer the terminal', () => {
  const nasty = envelopes.map((envelope) =>
    envelope.pickle
      ? { ...envelope, pickle: { ...envelope.pickle, name: 'a\u001b[2J\u001b]0;owned\u0007\nb 網路 🙂' } }
      : envelope,
  );
  const screen = new Screen(40);
  const { progress, feed } = display(screen);
  feed(nasty);
  assert.match(screen.text, /Default deny: a b 網路/);
  assert.ok(!screen.raw.includes('owned') && !screen.raw.includes('[2J'));
  progress.end();
});

test('time left comes from what scenarios took before, else from those seen in this run', () => {
  const left = (screen: Screen) => /about (.*) left/.exec(screen.text)?.[1];
  const typical = new Map([
    ['policies/deny/egress-is-closed', 20_000],
    ['policies/deny/needs-k6', 70_000],
    ['policies/deny/old-connections', 1000],
    ['policies/deny/an-agent-dies', 1000],
  ]);
  const screen = new Screen();
  const { feed, progress, pass } = display(screen, { typical });
  feed(envelopes.slice(0, nth(2, 'testCaseStarted') + 1));
  assert.equal(left(screen), '1:32');
  pass(15_000);
  progress.note('x');
  assert.equal(left(screen), '1:17');
  progress.end();
});

test('a reader that went away does not end the run', () => {
  const stream = new Log();
  const { progress, feed } = display(stream);
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  feed(envelopes);
  progress.end();
  assert.equal(stream.text, '');
});

test('the display keeps no process alive', () => {
  const before = process.listenerCount('exit');
  const { progress } = display(new Screen());
  progress.stage('x');
  progress.end();
  assert.equal(process.listenerCount('exit'), before);
});
