// Reads a JSON object with the paths of pages and that of Chromium, opens each page in each window and colour scheme, and
// writes an array of what was found. A picture of each is left in the folder `pictures`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WINDOWS = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };
const SCHEMES = ['light', 'dark'];

const { pages, browser } = JSON.parse(readFileSync(0, 'utf8'));
const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
const found = [];
try {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  for (const file of pages) {
    for (const [window, size] of Object.entries(WINDOWS)) {
      for (const colorScheme of SCHEMES) {
        const name = `${basename(file, '.html')}-${window}-${colorScheme}`;
        const page = await context.newPage();
        const say = (text) => found.push(`${name}: ${text}`);
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await inspect(page, pathToFileURL(file).href, say);
        await page.screenshot({ path: `pictures/${name}.png`, fullPage: true });
        await page.close();
      }
    }
  }
  await context.close();
} finally {
  rmSync(profile, { recursive: true, force: true });
}
console.log(JSON.stringify(found));

async function inspect(page, url, say) {
  page.on('console', (message) => say(`${message.type()} in the console: ${message.text()}`));
  page.on('pageerror', (error) => say(`error in the page: ${error}`));
  page.on('request', (request) => {
    if (request.url() !== url) {
      say(`loads ${request.url()}`);
    }
  });
  await page.goto(url);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) {
    say(`${wide} pixels wider than the window`);
  }
  // by the browser's own debugger, which the page's policy leaves alone
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (values) => window.axe.run({ runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), RULES);
  for (const { id, help, nodes } of violations) {
    for (const node of nodes) {
      say(`${id} (${help}): ${node.target} ${node.failureSummary}`);
    }
  }
}
