import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { escapeHtml, escapeXml, oneLine, printable } from './safe.ts';

test('terminal sequences go, other invisible characters are written out', () => {
  assert.equal(printable('\u001b[31mred\u001b[0m'), 'red');
  assert.equal(printable('\u001b]0;title\u0007done'), 'done');
  assert.equal(printable('a\u0000b\u0008c\u009fd'), 'a\\u{0}b\\u{8}c\\u{9f}d');
  assert.equal(printable('safe\u202Eexe.txt'), 'safe\\u{202e}exe.txt');
  assert.equal(printable('lone \ud800 half'), 'lone \\u{d800} half');
  assert.equal(printable('two\r\nlines\rthree\tfour'), 'two\nlines\nthree\tfour');
  assert.equal(printable('grün 🙂'), 'grün 🙂');
});

test('one line is one line', () => {
  assert.equal(oneLine('  a\n\n\tb \u2028 c '), 'a b c');
});

test('markup is text', () => {
  assert.equal(escapeHtml(`<b a="1" c='2'>&`), '&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;');
  assert.equal(escapeXml('a\nb\tc'), 'a&#10;b&#9;c');
});

// the Char production of XML 1.0
const legalXml = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

test('whatever goes in, what comes out is legal in XML and holds no markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeXml(text);
      assert.match(escaped, legalXml);
      assert.doesNotMatch(escaped, /[<>"']/);
    }),
    { numRuns: 2000 },
  );
  const half = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));
  fc.assert(fc.property(fc.array(half), (units) => assert.match(escapeXml(units.join('')), legalXml)));
});
