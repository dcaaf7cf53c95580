/**
 * `node scripts/picture.ts`: the picture in the README, taken of the newest run's report in headless Chromium.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const profile = mkdtempSync(join(tmpdir(), 'netvet-picture-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
  viewport: { width: 1120, height: 1000 },
});
const page = await context.newPage();
await page.goto(`file://${resolve('.netvet/latest/index.html')}`);
await page.screenshot({ path: 'docs/report.png' });
await context.close();
rmSync(profile, { recursive: true, force: true });
