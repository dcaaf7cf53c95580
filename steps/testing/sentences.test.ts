import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { loadConfiguration, loadSupport, runCucumber } from '@cucumber/cucumber/api';
import type { Pickle } from '@cucumber/messages';
import { generatedFeature } from '../fuzz/feature.ts';

const provided = {
  paths: ['features/**/*.feature'],
  import: ['steps/support.ts', 'steps/**/*.steps.ts'],
  format: [],
};

interface Definition {
  pattern: string;
  code: { length: number };
  expression: { match(text: string): readonly { getValue(world: null): unknown }[] | null };
}

test('every sentence has one definition that takes all that it says, and every definition a sentence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netvet-sentences-'));
  try {
    const generated = `${folder}/generated.feature`;
    await writeFile(generated, generatedFeature({ seed: 1, number: 1 }, 1));
    const options = { ...provided, paths: [...provided.paths, generated] };
    const { runConfiguration } = await loadConfiguration({ file: false, provided: options });
    const support = await loadSupport(runConfiguration);
    const { stepDefinitions } = support as unknown as { stepDefinitions: Definition[] };
    const pickles: Pickle[] = [];
    const dry = { ...runConfiguration, support, runtime: { ...runConfiguration.runtime, dryRun: true } };
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    await runCucumber(dry, { stdout: silent, stderr: silent }, ({ pickle }) => {
      if (pickle) pickles.push(pickle);
    });
    assert.ok(pickles.length > 150, String(pickles.length));
    const used = new Set<Definition>();
    for (const pickle of pickles) {
      for (const { text, argument } of pickle.steps) {
        const found = stepDefinitions.filter(({ expression }) => expression.match(text) !== null);
        assert.deepEqual(found.length, 1, `${text}: ${found.map(({ pattern }) => pattern).join(' | ')}`);
        const [one] = found as [Definition];
        used.add(one);
        const matched = one.expression.match(text) ?? [];
        // a parameter that means nothing throws
        for (const parameter of matched) parameter.getValue(null);
        const said = matched.length + (argument === undefined ? 0 : 1);
        assert.equal(one.code.length, said, `${text}: its code takes ${one.code.length} values`);
      }
    }
    // loads only where cucumber does, which adds a callback to what a sentence says
    const { does } = await import('../sentence.ts');
    const code = does((_world, said: string, last: string) => [said, last], 'last');
    assert.deepEqual([code.length, code.call({} as never, 'said', () => {})], [1, ['said', 'last']]);
    const unused = stepDefinitions.filter((one) => !used.has(one)).map(({ pattern }) => pattern);
    assert.deepEqual(unused, []);
  } finally {
    await rm(folder, { recursive: true });
  }
});
