/** The real browsers that schedules run in. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, firefox } from 'playwright-core';
import { launchBrowser } from '../fixture/browser.ts';

export const BROWSERS = ['chromium', 'firefox', 'none'] as const;
/** `none`: headless clients. */
export type BrowserName = (typeof BROWSERS)[number];

const RELAY = join(import.meta.dirname, 'firefox-relay.ts');

/** @throws Error when there is no such browser */
export function parseBrowser(name: string): BrowserName {
  const found = BROWSERS.find((known) => known === name);
  if (found === undefined) throw new Error(`There is no browser "${name}"; there are ${BROWSERS.join(', ')}`);
  return found;
}

/** @param folder for a program that stands in for Firefox */
export async function startBrowser(name: BrowserName, folder: string): Promise<Browser | undefined> {
  if (name === 'none') return undefined;
  if (name === 'chromium') return launchBrowser();
  const executablePath = join(folder, 'firefox.sh');
  await writeFile(executablePath, `#!/bin/sh\nexec ${process.execPath} ${RELAY} "$@"\n`);
  await chmod(executablePath, 0o755);
  return firefox.launch({ channel: 'moz-firefox', executablePath });
}
