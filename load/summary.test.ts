import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseRecording, summaryOf } from './index.ts';

it('a summary has one clock for both series and for what happened', () => {
  const recording = parseRecording(
    ['request service 10000 200 0 1.500 web-1 ', 'request direct 11000 200 0 0.500 web-1 ', 'totals 2 1 0'].join('\n'),
  );
  const happenings = [
    { at: 11_250, label: 'web-2 ready' },
    { at: 10_500, label: 'rolling update begins' },
  ];
  const { series, events } = summaryOf(recording, happenings);
  assert.deepEqual(
    series.map(({ name, points }) => [name, points.map(({ sent }) => sent)]),
    [
      ['Service path', [1]],
      ['same Pods dialled directly', [0, 1]],
    ],
  );
  assert.deepEqual(events, [
    { second: 0.5, label: 'rolling update begins' },
    { second: 1.25, label: 'web-2 ready' },
  ]);
});
