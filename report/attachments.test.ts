import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attachment, AttachmentContentEncoding } from '@cucumber/messages';
import * as fc from 'fast-check';
import { type Kind, mediaTypes, readAttachment } from './attachments.ts';

const { IDENTITY, BASE64 } = AttachmentContentEncoding;

const attach = (kind: Kind, value: unknown, encoding = IDENTITY): Attachment => ({
  mediaType: mediaTypes[kind],
  body: encoding === BASE64 ? Buffer.from(JSON.stringify(value)).toString('base64') : JSON.stringify(value),
  contentEncoding: encoding,
});

const cell = { from: 'a', to: 'b', port: 80, protocol: 'TCP', expected: 'denied', verdict: 'dropped' };

test('reads what steps attach, as text or as base64', () => {
  const convergence = { name: 'convergence', value: 182.4, unit: 'ms' };
  for (const encoding of [IDENTITY, BASE64]) {
    assert.deepEqual(readAttachment(attach('measurement', convergence, encoding)), {
      kind: 'measurement',
      value: [convergence],
    });
    assert.deepEqual(readAttachment(attach('cells', [cell], encoding)), { kind: 'cells', value: [cell] });
    const outcome = { status: 'skipped', reason: 'no k6' };
    assert.deepEqual(readAttachment(attach('outcome', outcome, encoding)), { kind: 'outcome', value: outcome });
  }
});

test('what is not ours is nobody’s business', () => {
  assert.equal(readAttachment({ mediaType: 'text/plain', body: 'x', contentEncoding: IDENTITY }), undefined);
});

test('one of ours that cannot be read is broken, and says why', () => {
  const reasons: [Kind, unknown, RegExp][] = [
    ['measurement', { name: 'convergence', value: Number.NaN, unit: 'ms' }, /measurement\[0\]\.value is not a number/],
    ['measurement', [], /^$/],
    ['cells', [{ ...cell, verdict: 'fine' }], /cells\[0\]\.verdict is not one of allowed, dropped/],
    ['cells', [{ ...cell, port: 99_999 }], /port is not a whole number from 0 to 65535/],
    ['cells', { cell }, /cells is not a list/],
    ['load', { series: [{}], events: [] }, /series\[0\]\.name is not a text/],
    ['outcome', { status: 'skipped' }, /reason is not a text/],
    ['outcome', { status: 'passed', reason: 'it did' }, /status is not one of skipped, broken, observed/],
    ['outcome', { status: 'broken', reason: '' }, /reason is not a text/],
  ];
  for (const [kind, value, expected] of reasons) {
    const evidence = readAttachment(attach(kind, value));
    if (expected.source === '^$') assert.equal(evidence?.kind, kind);
    else {
      assert.ok(evidence?.kind === 'outcome');
      const { status, reason } = evidence.value;
      assert.equal(status, 'broken');
      assert.match(reason, expected);
    }
  }
  const notJson = { ...attach('cells', []), body: '[' };
  assert.match(JSON.stringify(readAttachment(notJson)), /not JSON/);
  const unknown = { ...attach('cells', []), mediaType: 'application/vnd.netvet.cell+json' };
  assert.match(JSON.stringify(readAttachment(unknown)), /unknown type/);
});

test('no body makes it throw, and nothing unreadable passes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...(Object.keys(mediaTypes) as Kind[])), fc.json(), (kind, json) => {
      const evidence = readAttachment({ ...attach(kind, null), body: json });
      const broken = evidence?.kind === 'outcome' && evidence.value.status === 'broken';
      assert.ok(broken || evidence?.kind === kind);
    }),
  );
});
