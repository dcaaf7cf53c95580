import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { findChromium, openBrowser } from '../testing/browser.ts';
import { contrastFaults } from '../testing/contrast.ts';
import { sample } from '../testing/sample.ts';
import { hostile } from '../testing/variants.ts';
import { compareRuns } from './compare.ts';
import { writeComparison } from './index.ts';
import type { Entry } from './model.ts';
import { metadata, small, stored, withoutPolicies } from './testing.ts';

const chromium = findChromium();
const broken: Entry = { cni: 'cilium', version: '1.18.4', broken: 'node2 is not Ready', source: 'out/cilium' };
const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => stored(small(name, ['passed', 'skipped'])));
const sets: Record<string, Entry[]> = {
  three: [{ ...stored(sample()), href: './reference/index.html' }, stored(withoutPolicies()), broken],
  many: [stored(sample()), stored(sample()), ...many],
  alike: [stored(sample({ mishaps: false })), stored(sample({ mishaps: false }))],
  nothing: [broken],
};

describe('compare.html in Chromium', {
  skip: chromium === undefined ? 'no Chromium on this machine (apt-get install chromium)' : false,
}, () => {
  let folder: string;
  let browser: Awaited<ReturnType<typeof openBrowser>>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netvet-compare-html-'));
    for (const [name, entries] of Object.entries(sets))
      await writeComparison(compareRuns(entries, metadata), join(folder, name));
    browser = await openBrowser(chromium as string);
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a comparison and, when the test is through with it, makes sure that it was silent and asked for nothing. */
  async function reading(
    name: string,
    use: (page: Page) => Promise<void>,
    setting: { width?: number; scheme?: 'light' | 'dark' } = {},
  ) {
    const page = await browser.context.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => said.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => said.push(`request: ${request.url()}`));
    const url = pathToFileURL(join(folder, name, 'compare.html')).href;
    await page.setViewportSize({ width: setting.width ?? 1280, height: 900 });
    await page.emulateMedia({ colorScheme: setting.scheme ?? 'light' });
    await page.goto(url);
    await use(page);
    await page.close();
    assert.deepEqual(
      said.filter((line) => line !== `request: ${url}`),
      [],
    );
  }
  const evaluate = async <T>(page: Page, expression: string) => (await page.evaluate(expression)) as T;
  const widths = (page: Page) =>
    evaluate<[number, number]>(page, '[document.documentElement.scrollWidth, document.documentElement.clientWidth]');

  test('says what each came to, and that the one that broke broke', async () => {
    await reading('three', async (page) => {
      assert.equal(await page.title(), 'reference, ptp and cilium compared');
      const verdicts = await page.locator('.card .verdict').allInnerTexts();
      assert.deepEqual(
        verdicts.map((text) => text.trim()),
        ['3 of 56 failed, 1 broken', '22 of 58 failed', 'The run broke'],
      );
      assert.ok((await page.locator('.card.is-broken').last().innerText()).includes('node2 is not Ready'));
      assert.equal(await page.locator('.tile.is-not-run').count(), 11);
      assert.equal(await page.locator('.feature-row > summary > .tile:last-child.is-passed').count(), 0);
      assert.ok((await page.locator('#differences').innerText()).includes('0 of 60 scenarios run'));
    });
  });

  test('behind a cell are its scenarios, with the reason of everything that is not a pass', async () => {
    await reading('three', async (page) => {
      const row = page.locator('.feature-row', { hasText: 'Default deny' });
      assert.ok(!(await row.locator('.rows').isVisible()));
      await row.locator('summary').focus();
      await page.keyboard.press('Enter');
      const text = (await row.innerText()).replaceAll(/\s+/g, ' ');
      assert.match(text, /reference: 4 of 4 passed/);
      assert.match(text, /ptp: 0 of 4 passed/);
      assert.match(text, /cilium: 4 not run/);
      assert.match(text, /both directions.*ptp failed: should be denied, and was allowed/);
    });
  });

  test('filters to what differs and to what failed, and says how many are left', async () => {
    await reading('three', async (page) => {
      const shown = () => page.locator('.feature-row:visible').count();
      assert.equal(await shown(), 11);
      await page.locator('button[data-filter=differs]').click();
      const differing = await shown();
      assert.ok(differing > 2 && differing < 11, String(differing));
      assert.equal(await page.locator('#found').textContent(), `${differing} of 11 features shown`);
      await page.locator('button[data-filter=failing]').click();
      assert.equal(await page.locator('button[aria-pressed=true]').innerText(), 'with failures');
    });
    await reading('alike', async (page) => {
      await page.locator('button[data-filter=failing]').click();
      assert.ok(await page.getByText('No feature matches.').isVisible());
      assert.equal(await page.locator('.area:visible').count(), 0);
    });
  });

  test('every link leads somewhere on the page or beside it, and no two things have one name', async () => {
    await reading('three', async (page) => {
      const dead =
        '[...document.querySelectorAll("a[href],use[href]")].map(a => a.getAttribute("href")).filter(h => h !== ' +
        '"./reference/index.html" && (!h.startsWith("#") || !document.getElementById(h.slice(1))))';
      assert.deepEqual(await evaluate(page, dead), []);
      const twice =
        '[...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)';
      assert.deepEqual(await evaluate(page, twice), []);
    });
  });

  for (const scheme of ['light', 'dark'] as const) {
    test(`fits every width and can be read, ${scheme}`, async () => {
      for (const name of Object.keys(sets)) {
        for (const width of scheme === 'light' ? [320, 375, 768, 1280] : [375]) {
          await reading(
            name,
            async (page) => {
              await evaluate(page, 'for (const each of document.querySelectorAll("details")) each.open = true');
              const [content, shown] = await widths(page);
              assert.equal(content, shown, `${name}, ${width} px: scrolls sideways`);
              if (width === 375) assert.deepEqual(await evaluate(page, contrastFaults), [], `${name}, ${width} px`);
            },
            { width, scheme },
          );
        }
      }
    });
  }

  test('reads without JavaScript', async () => {
    const plain = await openBrowser(chromium as string, { javaScriptEnabled: false });
    try {
      const page = await plain.context.newPage();
      await page.goto(pathToFileURL(join(folder, 'three/compare.html')).href);
      assert.ok(!(await page.locator('.filters').isVisible()));
      await page.locator('.feature-row summary').first().click();
      assert.ok(await page.locator('.rows').first().isVisible());
    } finally {
      await plain.close();
    }
  });

  test('texts from a cluster stay texts', async () => {
    const attack =
      '"\'><img src=x onerror="window.owned=1"><script>window.owned=1</script></style></script>' +
      '<svg onload=alert(1)>\u0000\u202e&amp;';
    const other = `javascript:alert(1)//</title>${attack}`;
    const entries: Entry[] = [
      { run: hostile(attack, other), source: attack },
      stored(sample(), other),
      { cni: attack, broken: other, source: attack },
    ];
    await writeComparison(
      compareRuns(entries, { ...metadata, command: attack, netvet: attack }),
      join(folder, 'hostile'),
    );
    await reading(
      'hostile',
      async (page) => {
        assert.equal(await evaluate(page, 'window.owned ?? document.images.length'), 0);
        assert.equal(await evaluate(page, 'document.scripts.length'), 1);
        assert.ok((await page.locator('.cards').innerText()).includes('<script>window.owned=1</script>'));
        assert.deepEqual(
          await evaluate(page, '[...document.links].filter(a => a.protocol === "javascript:").length'),
          0,
        );
        const [content, shown] = await widths(page);
        assert.equal(content, shown);
      },
      { width: 375 },
    );
  });
});
