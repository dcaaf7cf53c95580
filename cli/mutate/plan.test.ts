import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults } from '../../reference/mutants/index.ts';
import { chosenOf, controlsOf, planOf } from './plan.ts';
import { markdown, reportOf } from './report.ts';
import { readScenarios } from './scenarios.ts';

const scenarios = await readScenarios();

test('every mutant names scenarios that there are, and each of these says what is promised', () => {
  for (const [name, { seenBy }] of Object.entries(faults)) {
    for (const id of seenBy) {
      const scenario = scenarios.get(id);
      assert.ok(scenario, `${name} is to be noticed by ${id}`);
      assert.match(scenario.place, /^features\/.*\.feature:\d+$/);
      assert.match(scenario.promise, /^\S.{40,}/);
    }
  }
});

test('every layer of the reference CNI has mutants', () => {
  const layers = Object.keys(Object.groupBy(Object.keys(faults), (name) => name.split('-')[0] as string));
  assert.deepEqual(
    new Set(layers),
    new Set(['attachment', 'fabric', 'service', 'masquerade', 'host', 'policy', 'spoofing', 'apply']),
  );
  assert.ok(Object.keys(faults).length >= 40);
});

test('all are chosen unless some are named, and mistakes are told all at once', () => {
  const mistakes: string[] = [];
  assert.equal(chosenOf([], mistakes).length, Object.keys(faults).length);
  assert.deepEqual(
    chosenOf(['service-no-hairpin'], mistakes).map(([name]) => name),
    ['service-no-hairpin'],
  );
  assert.deepEqual(mistakes, []);
  chosenOf(['no-such', 'policy-none', 'policy-none', 'toString'], mistakes);
  assert.equal(mistakes.length, 3);
  assert.match(mistakes.join('\n'), /"no-such".*\n.*"toString".*\n.*"policy-none" is named twice/);
});

test('by default the likeliest scenarios judge a mutant, one after the other until one fails; --full takes all', () => {
  const chosen = chosenOf(['policy-except-ignored', 'fabric-tunnel-mac-stale'], []);
  const [, quick] = planOf(chosen, scenarios, false, {});
  assert.equal(quick?.trial.untilFailed, true);
  assert.equal(quick?.trial.places?.length, quick?.fault.seenBy.length);
  const plan = planOf(chosen, scenarios, true, {});
  assert.equal(plan[0]?.trial.untilFailed, false);
  assert.equal(plan[0]?.trial.places, undefined);
  const controls = controlsOf(plan, scenarios, true, {});
  assert.deepEqual(
    controls.map(({ trial, wanted }) => [trial.name, wanted.length]),
    [
      ['control-vxlan', scenarios.size],
      ['control', scenarios.size],
    ],
  );
});

test('the table can be read as Markdown', () => {
  const text = markdown(
    reportOf({
      id: 'x',
      startedAt: '2026-11-26T12:00:00.000Z',
      durationMs: 90_000,
      command: 'netvet mutate a-bug',
      netvet: '0.1.0',
      wanted: 1,
      controls: [{ fabric: 'vxlan', isLate: false, scenarios: 1, durationMs: 5_000, problems: [] }],
      mutants: [
        {
          name: 'a-bug',
          fault: 'a | b <c>',
          link: 'https://github.com/some/cni/issues/7',
          fate: 'survived',
          killers: [],
          reason: '1 of its scenarios passed',
          judged: 1,
          durationMs: 12_345,
        },
      ],
    }),
  );
  assert.match(text, /of 1 mutants 1 survived, in 1\.5 minutes/);
  assert.match(text, /Without a fault over VXLAN all 1 of the scenarios/);
  assert.ok(
    text.includes(
      '| `a-bug` | a \\| b &lt;c> | [some/cni#7](https://github.com/some/cni/issues/7) | **survived**: 1 of its scenarios passed | 12 |',
    ),
    text,
  );
});
