import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import type { Run } from './model.ts';
import { findChromium, openBrowser } from './testing/browser.ts';
import { contrastFaults } from './testing/contrast.ts';
import { loadSample, sample } from './testing/sample.ts';
import { disturbedSample, hostile, repeatedSample } from './testing/variants.ts';
import { writeReports } from './write.ts';

const chromium = findChromium();
/** Contrast does not depend on the width, and a layout does not depend on the colours. */
const widths = { light: [320, 375, 768, 1280], dark: [375] };

describe('index.html in Chromium', {
  skip: chromium === undefined ? 'no Chromium on this machine (apt-get install chromium)' : false,
}, () => {
  let folder: string;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  const reports = {
    mishaps: sample(),
    clean: sample({ mishaps: false }),
    repeated: repeatedSample(20),
    paths: loadSample(),
    disturbed: disturbedSample(),
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netvet-html-'));
    for (const [name, run] of Object.entries(reports)) await writeReports(run, join(folder, name));
    browser = await openBrowser(chromium as string);
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a report and, when the test is through with it, makes sure that it was silent and asked for nothing. */
  async function reading(
    name: string,
    use: (page: Page) => Promise<void>,
    setting: { width?: number; scheme?: 'light' | 'dark'; fragment?: string } = {},
  ) {
    const page = await browser.context.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => said.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => said.push(`request: ${request.url()}`));
    const url = pathToFileURL(join(folder, name, 'index.html')).href + (setting.fragment ?? '');
    await page.setViewportSize({ width: setting.width ?? 1280, height: 900 });
    await page.emulateMedia({ colorScheme: setting.scheme ?? 'light' });
    await page.goto(url);
    await use(page);
    await page.close();
    assert.deepEqual(
      said.filter((line) => line !== `request: ${url.replace(/#.*/, '')}`),
      [],
    );
  }

  const evaluate = async <T>(page: Page, expression: string) => (await page.evaluate(expression)) as T;

  test('says what the run came to, where it ran, and how to run it again', async () => {
    await reading('mishaps', async (page) => {
      assert.equal(await page.title(), '3 of 56 scenarios failed, 1 broken: reference 0.1.0');
      assert.equal((await page.locator('h1').innerText()).trim(), '3 of 56 scenarios failed, 1 broken');
      assert.deepEqual(
        (await page.locator('.counts li').allInnerTexts()).map((text) => text.replaceAll('\n', ' ')),
        ['52 passed', '2 observed', '2 skipped', '3 failed', '1 broken'],
      );
      const facts = (await page.locator('.facts').innerText()).replaceAll(/\s+/g, ' ');
      for (const fact of ['reference 0.1.0', 'embedded, 3 nodes', 'v1.34.0', '6.12.48+deb13-amd64', '84.3 s'])
        assert.ok(facts.includes(fact), facts);
      assert.equal(
        await page.locator('.command').innerText(),
        'netvet run --cluster embedded --cni reference --nodes 3',
      );
      assert.equal(await page.locator('.troubles li').count(), 4);
    });
  });

  test('has every scenario with its steps, its matrix and its figures; open are those that went wrong', async () => {
    await reading('mishaps', async (page) => {
      assert.equal(await page.locator('details.scenario').count(), 60);
      assert.equal(await page.locator('details.scenario[open]').count(), 4);
      const failed = page.locator('details.scenario', { hasText: 'a Pod that gets another label' });
      const text = await failed.innerText();
      for (const part of [
        'expected denied from shop/web',
        '"web" no longer reaches "db"',
        'convergence',
        '@policies',
        'change.feature:20',
      ])
        assert.ok(text.includes(part), part);
      assert.equal(await failed.locator('.cell.is-wrong').innerText(), 'expected denied, seen leaked');
      assert.equal(await failed.locator('table.matrix').count(), 2);
      assert.equal(await page.locator('.heat .wrong').count(), 2);
      assert.equal(await page.locator('svg.chart').count(), 6);
      assert.equal(await page.locator('.latency').first().locator('tbody tr').count(), 8);
      assert.match(await page.locator('#load').innerText(), /7 \(0\.18 %\)[\s\S]*4 connection refused/);
    });
  });

  test('a load on several paths has its differences with intervals, its rounds and its distribution', async () => {
    await reading('paths', async (page) => {
      const text = await page.locator('#load').innerText();
      for (const part of ['keep-alive', 'Differences', 'Rounds', 'Ramp', 'Distribution'])
        assert.ok(text.includes(part), part);
      assert.match(text, /p50 \+0\.31 ms \(95 % interval \+0\.22 ms to \+0\.4 ms, 6 rounds\)/);
      assert.equal(await page.locator('#load svg.chart').count(), 7);
    });
  });

  test('every link leads somewhere on the page, and no two things have one name', async () => {
    await reading('mishaps', async (page) => {
      assert.deepEqual(
        await evaluate(
          page,
          '[...document.querySelectorAll("a[href],use[href]")].map(a => a.getAttribute("href")).filter(h => ' +
            '!h.startsWith("#") || !document.getElementById(h.slice(1)))',
        ),
        [],
      );
      assert.deepEqual(
        await evaluate(
          page,
          '[...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)',
        ),
        [],
      );
    });
  });

  for (const scheme of ['light', 'dark'] as const) {
    test(`fits every width and can be read, ${scheme}`, async () => {
      for (const width of widths[scheme]) {
        for (const name of ['mishaps', 'repeated', 'paths'])
          await reading(
            name,
            async (page) => {
              await evaluate(page, 'for (const each of document.querySelectorAll("details")) each.open = true');
              const [content, shown] = await evaluate<[number, number]>(
                page,
                '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
              );
              assert.equal(content, shown, `${name}, ${width} px: scrolls sideways`);
              if (width === 375) assert.deepEqual(await evaluate(page, contrastFaults), [], `${name}, ${width} px`);
            },
            { width, scheme },
          );
      }
    });
  }

  test('light and dark are not the same', async () => {
    const seen: string[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      await reading(
        'clean',
        async (page) => void seen.push(await evaluate(page, 'getComputedStyle(document.body).backgroundColor')),
        { scheme },
      );
    }
    assert.deepEqual(seen, ['rgb(255, 255, 255)', 'rgb(15, 19, 24)']);
  });

  test('filters by status and by words, from the keyboard, and says how many are left', async () => {
    await reading('mishaps', async (page) => {
      const shown = () => page.locator('details.scenario:visible').count();
      await page.locator('button[data-filter=failed]').focus();
      await page.keyboard.press('Enter');
      assert.equal(await shown(), 3);
      assert.equal(await page.locator('#found').textContent(), '3 of 60 scenarios shown');
      assert.equal(await page.locator('button[aria-pressed=true]').innerText(), 'failed 3');
      await page.locator('input[type=search]').fill('no such thing');
      assert.ok(await page.getByText('No scenario matches.').isVisible());
      await page.locator('input[type=search]').fill('EXCEPT block');
      assert.equal(await shown(), 1);
      assert.equal(await page.locator('.group:visible').count(), 1);
      await page.locator('button[data-filter=""]').click();
      await page.locator('input[type=search]').fill('@hairpin');
      assert.equal(await shown(), 1);
      const summary = page.locator('details.scenario:visible summary');
      await summary.focus();
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('details.scenario:visible[open]').count(), 1);
    });
  });

  test('a link to a scenario opens it, also when a filter hides it', async () => {
    const fragment = '#scenario-pods/pods-reach-pods/on-another-node';
    const opened = (page: Page) =>
      evaluate<boolean>(
        page,
        `document.getElementById(${JSON.stringify(fragment.slice(1))}).matches('[open]:not([hidden])')`,
      );
    await reading('mishaps', async (page) => assert.ok(await opened(page)), { fragment });
    await reading('mishaps', async (page) => {
      await page.locator('button[data-filter=failed]').click();
      await page.locator('.units a').nth(1).click();
      await page.waitForFunction(`document.getElementById(${JSON.stringify(fragment.slice(1))}).open`);
      assert.ok(await opened(page));
    });
  });

  test('a scenario shows how each repeat ended; flaky ones need attention and can be filtered', async () => {
    await reading('repeated', async (page) => {
      assert.match(await page.locator('h1').innerText(), /3 of 56 scenarios flaky, 1 broken, convergence over budget/);
      assert.equal(await page.locator('.troubles .flaky').count(), 3);
      await page.locator('button[data-filter=flaky]').click();
      assert.equal(await page.locator('details.scenario:visible').count(), 3);
      const flaky = page.locator('details.scenario:visible').first();
      assert.equal(await flaky.locator('summary .repeats .s-failed').count(), 3);
      assert.equal(await flaky.locator('summary .repeats .s-passed').count(), 17);
      assert.match(await flaky.locator('summary').innerText(), /20 repeats:\s+17 passed, 3 failed/);
      assert.equal(await flaky.locator('.repeat-list li').count(), 3);
      assert.equal(await flaky.locator('.distributions tbody tr').count(), 3);
      assert.match(
        await page.locator('.budget').innerText(),
        /convergence of policies: exceeded[^]*leak window of policies: kept/,
      );
    });
  });

  test('reads without JavaScript', async () => {
    const plain = await openBrowser(chromium as string, { javaScriptEnabled: false });
    try {
      const page = await plain.context.newPage();
      await page.goto(pathToFileURL(join(folder, 'mishaps/index.html')).href);
      assert.ok(!(await page.locator('.filters').isVisible()));
      assert.ok(await page.getByText('seen leaked in 41 of 41 rounds').last().isVisible());
      const summary = page.locator('details.scenario:not([open]) summary').first();
      await summary.click();
      assert.ok(await page.getByText('each reaches the other at its address over TCP and UDP').first().isVisible());
    } finally {
      await plain.close();
    }
  });

  test('texts from a cluster stay texts', async () => {
    const attack =
      '"\'><img src=x onerror="window.owned=1"><script>window.owned=1</script></style></script>' +
      '<svg onload=alert(1)>\u0000\u202e&amp;';
    await writeReports(hostile(attack, `javascript:alert(1)//</title>${attack}`), join(folder, 'hostile'));
    await reading(
      'hostile',
      async (page) => {
        assert.equal(await evaluate(page, 'window.owned ?? document.images.length'), 0);
        assert.equal(await evaluate(page, 'document.scripts.length'), 1);
        assert.equal(await page.locator('details.scenario').count(), 60);
        assert.ok((await page.locator('.facts').innerText()).includes('<script>window.owned=1</script>'));
        const [content, shown] = await evaluate<[number, number]>(
          page,
          '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
        );
        assert.equal(content, shown);
      },
      { width: 375 },
    );
  });

  test('runs of every kind make a page', async () => {
    const { scenarios, load, ...rest } = sample();
    const bare: Run = {
      ...rest,
      scenarios: [],
      summary: { passed: 0, failed: 0, flaky: 0, skipped: 0, observed: 0, broken: 0 },
      problems: ['BeforeAll broke: no API server'],
    };
    const kinds: Record<string, [Run, RegExp]> = {
      nothing: [bare, /The run broke[\s\S]*no API server/],
      interrupted: [
        { ...reports.clean, interrupted: true },
        /Interrupted after 60 scenarios[\s\S]*The run was interrupted/,
      ],
      mutant: [
        { ...rest, load: load ?? [], scenarios, cni: { name: 'reference', version: '0.1.0', mutant: 'open-egress' } },
        /mutant open-egress[\s\S]*Deliberate fault/,
      ],
      unknown: [
        {
          ...bare,
          problems: [],
          startedAt: 'x',
          scenarios: [
            {
              id: 'a',
              feature: 'f',
              name: 'n',
              tags: [],
              level: 'core',
              status: 'skipped',
              reason: 'r',
              durationMs: 0,
              measurements: [],
            },
          ],
          summary: { ...bare.summary, skipped: 1 },
        },
        /Nothing was judged, which is no pass: \d+ skipped/,
      ],
    };
    for (const [name, [run, expected]] of Object.entries(kinds)) {
      await writeReports(run, join(folder, name));
      await reading(name, async (page) => {
        assert.match(await page.locator('body').innerText(), expected);
        assert.doesNotMatch(await page.content(), /NaN|undefined|Infinity/);
      });
    }
  });
});
