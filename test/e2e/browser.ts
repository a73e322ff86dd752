import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const named = process.env.CAUSEWAY_CHROMIUM;
const usual = ['chromium', 'chromium-browser', 'google-chrome'].map(name => `/usr/bin/${name}`);
const executablePath = (named ? [named] : usual).find(isExecutable);

/** For a test's `skip`: why no browser can be driven here; with CAUSEWAY_REQUIRE_ALL=1 such a test runs and fails. */
export const browserMissing: string | false =
  executablePath === undefined && process.env.CAUSEWAY_REQUIRE_ALL !== '1'
    ? 'needs chromium: apt-get install chromium, or set CAUSEWAY_CHROMIUM to one'
    : false;

/** A real Chromium without a window. Its own sandbox does not start as root. */
export const startBrowser = (): Promise<Browser> => {
  if (executablePath === undefined) throw new Error('no chromium found: set CAUSEWAY_CHROMIUM to one');
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    executablePath,
    args: [...sandbox, '--disable-background-networking', '--disable-dev-shm-usage'],
  });
};
