/**
 * Pictures of reports in headless Chromium, for the documentation.
 *
 *   node scripts/picture.ts                                    the README's: the top of the newest run's report
 *   node scripts/picture.ts RUN docs/load.png '#load' 1000     a part of a run's report, so many pixels of it at most
 */
import { resolve } from 'node:path';
import { findChromium, openBrowser } from '../report/testing/browser.ts';

const [run = '.netvet/latest', out = 'docs/report.png', part = 'body', most = '1000'] = process.argv.slice(2);
const { context, close } = await openBrowser(findChromium() ?? '/usr/bin/chromium', {
  viewport: { width: 1120, height: 1000 },
});
const page = await context.newPage();
await page.goto(`file://${resolve(run, 'index.html')}`);
const box = (await page.locator(part).first().boundingBox()) ?? { x: 0, y: 0, width: 1120, height: 1000 };
// white around what does not reach the edges by itself
const margin = part === 'body' ? 0 : 20;
const clip = {
  x: box.x - margin,
  y: box.y,
  width: box.width + 2 * margin,
  height: Math.min(box.height, Number(most)),
};
await page.screenshot({ path: out, clip, fullPage: true });
await close();
