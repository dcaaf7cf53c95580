import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { sample } from '../testing/sample.ts';
import { hostile } from '../testing/variants.ts';
import { compareRuns } from './compare.ts';
import { writeComparison } from './index.ts';
import { escapeMarkdown, markdown } from './markdown.ts';
import type { Comparison, Entry } from './model.ts';
import { metadata, small, stored, withoutPolicies } from './testing.ts';
import { closingComparison } from './text.ts';

const folder = mkdtempSync(join(tmpdir(), 'netvet-compare-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const broken: Entry = { cni: 'cilium', broken: 'no node is Ready', source: 'out/cilium' };
const compared: Record<string, Comparison> = {
  'two CNIs': compareRuns([stored(sample()), stored(withoutPolicies())], metadata),
  'one that broke': compareRuns([stored(sample()), broken], metadata),
  'nothing but one that broke': compareRuns([broken], metadata),
  'several runs': compareRuns(
    [stored(sample()), stored({ ...sample(), id: '2' }), stored(small('b', ['observed', 'skipped']))],
    metadata,
  ),
};

/** What we write ourselves is all described: every object closed. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, closed(each)]),
  );
  return copy['type'] === 'object' && copy['additionalProperties'] === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}

test('compare.json follows its schema, and the schema describes all of it', () => {
  const schema = JSON.parse(readFileSync(new URL('../compare.schema.json', import.meta.url), 'utf8')) as object;
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
  const validate = ajv.compile(closed(schema) as object);
  for (const [name, comparison] of Object.entries(compared))
    assert.ok(
      validate(JSON.parse(JSON.stringify(comparison))),
      `${name}: ${JSON.stringify(validate.errors, undefined, 1)}`,
    );
  const [first] = Object.values(compared) as [Comparison];
  assert.equal(validate({ ...first, differing: -1 }), false);
  assert.equal(validate({ ...first, surprise: 1 }), false);
});

test('all three forms are written, and nothing else', async () => {
  for (const [name, comparison] of Object.entries(compared)) {
    const directory = join(folder, name);
    await writeComparison(comparison, directory);
    assert.deepEqual(readdirSync(directory).toSorted(), ['compare.html', 'compare.json', 'compare.md']);
    assert.deepEqual(
      JSON.parse(readFileSync(join(directory, 'compare.json'), 'utf8')),
      JSON.parse(JSON.stringify(comparison)),
    );
    const html = readFileSync(join(directory, 'compare.html'), 'utf8');
    assert.doesNotMatch(html.replaceAll(/<(style|script)>[\s\S]*?<\/\1>/g, ''), /NaN|undefined|Infinity/);
  }
});

test('Markdown has the cells, the scenarios behind them, and the figures', () => {
  const text = markdown(compared['two CNIs'] as Comparison);
  assert.match(text, /^# reference and ptp compared$/m);
  assert.match(text, /^\| Default deny \| ✅ 4 of 4 passed \| ❌ 0 of 4 passed \|$/m);
  assert.match(text, /\*\*ptp\*\*, .*: failed: should be denied, and was allowed/);
  assert.match(text, /^\| convergence, the \d+ changes that all measured \| [\d.]+ m?s \/ /m);
  assert.match(markdown(compared['one that broke'] as Comparison), /\| not run \|/);
});

test('Markdown from outside stays text: no markup, no link, no cell more', () => {
  const attack = '| <img src=x> [a](http://x) `b` **c** # &lt; \n\n# d \u202e';
  assert.equal(
    escapeMarkdown(attack),
    '\\| &lt;img src=x\\> \\[a\\](http\\://x) \\`b\\` \\*\\*c\\*\\* \\# &amp;lt; \\# d \\\\u\\{202e\\}',
  );
  for (const [start, escaped] of [
    ['# a', '\\# a'],
    ['- a', '\\- a'],
    ['12. a', '12\\. a'],
    ['--- ', '\\---'],
    ['www.a', 'www\\.a'],
    ['@a', '\\@a'],
  ] as const)
    assert.equal(escapeMarkdown(start), escaped);
  const text = markdown(
    compareRuns([stored(hostile(attack, attack), attack), stored(sample(), attack)], { ...metadata, command: attack }),
  );
  assert.doesNotMatch(text, /<img|\[a\]\(|^# d/m);
  const widths = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replaceAll('\\|', '').split('|').length);
  assert.deepEqual([...new Set(widths)], [5]);
});

test('the closing lines name every CNI, what it came to, and what was not the same', () => {
  const text = closingComparison(compared['one that broke'] as Comparison, join(process.cwd(), 'out'));
  assert.match(text, /^✗|^! reference/m);
  assert.match(text, /^! cilium +The run broke\n {4}no node is Ready$/m);
  assert.match(text, /^! A run broke/m);
  assert.match(text, /report {2}out\/compare\.html$/);
});
