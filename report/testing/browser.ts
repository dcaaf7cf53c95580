import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium of this machine, or undefined where there is none. CHROMIUM names another one. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Browser {
  context: BrowserContext;
  close(this: void): Promise<void>;
}

/** A headless browser with a profile of its own, which goes with it. */
export async function openBrowser(executablePath: string, options: BrowserContextOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: quiet });
  return { context: await browser.newContext(options), close: () => browser.close() };
}
