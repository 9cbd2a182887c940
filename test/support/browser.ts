// A real Chromium, wherever one can be had: Playwright's own, the system's, or the one that comes as an npm package.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const installed = [
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Starts it headless; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  return await chromium.launch({ executablePath, args, headless: true });
}

async function findBrowser(): Promise<string> {
  const found = [chromium.executablePath(), ...installed].find((path) => existsSync(path));
  if (found !== undefined) return found;
  const packaged = await import('@sparticuz/chromium');
  return await packaged.default.executablePath();
}
