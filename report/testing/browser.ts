import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserContextOptions, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium of this machine, or undefined where there is none. CHROMIUM names another one. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return process.env['CHROMIUM'] || paths.find(existsSync);
}

/** Besides those that Playwright has itself. */
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic'];

/** What only keeps a test from hanging, in milliseconds. */
const timeout = 300_000;

/** A headless browser with a profile of its own, which goes with it. */
export async function openBrowser(executablePath: string, options: BrowserContextOptions = {}) {
  const browser = await chromium.launch({ executablePath, args: quiet, timeout });
  const context = await browser.newContext(options);
  context.setDefaultTimeout(timeout);
  return { context, close: () => browser.close() };
}
