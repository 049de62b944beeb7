/**
 * A real browser for tests: Chromium out of an npm package, unpacked into a folder of its own, cut off from every network
 * but loopback. One per test file: `openBrowser` in beforeAll, before a platform is started, `close` in afterAll.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** What the package's own arguments switch off, web security above all, stays on. */
const ARGUMENTS = [
  // Tests run as root in a container, where Chromium has no sandbox; the pages are ours.
  '--no-sandbox',
  '--no-zygote',
  // /dev/shm is 64 MB in a container.
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-webgl',
  '--font-render-hinting=none',
  // Offline: no name leads anywhere; a test that depends on the internet fails here, too.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Unpacking and starting take 2 s; on a machine that does everything at once, ten times that. */
const LAUNCH_MS = 60_000;
/** For the beforeAll in which it is opened. */
export const BROWSER_PATIENCE = 90_000;

/** Phone and desktop, the widths that every page is looked at in. */
export const PHONE = { width: 375, height: 812 };
export const DESKTOP = { width: 1280, height: 900 };

export interface OpenPage {
  page: Page;
  /** URLs that the page, or whatever it opened, requested outside loopback. None of them was answered. */
  foreign: string[];
}

export interface TestBrowser {
  /** A page in a context of its own: no cookie, no cache of another's. Closes with the browser. */
  open(options?: BrowserContextOptions): Promise<OpenPage>;
  /** Closes every page, ends the browser and removes its folder; safe to call twice. */
  close(): Promise<void>;
}

export async function openBrowser(): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-browser-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  // 210 MB are not left behind by a test that is killed; the browser itself ends when its pipe does.
  process.once('exit', remove);
  try {
    const browser = await launch(folder);
    return {
      open: (options) => openPage(browser, options),
      async close() {
        await browser.close();
        process.off('exit', remove);
        remove();
      },
    };
  } catch (error) {
    process.off('exit', remove);
    remove();
    throw error;
  }
}

async function launch(folder: string): Promise<Browser> {
  const { executablePath, env } = await unpacked(folder);
  return chromium.launch({ executablePath, env, args: ARGUMENTS, headless: true, timeout: LAUNCH_MS });
}

/**
 * Unpacks browser, libraries and fonts (1.5 s). The package looks at the environment, when it is imported and after it:
 * what it must see and what it sets there is put back, since handlers under test read the same environment.
 */
async function unpacked(folder: string): Promise<{ executablePath: string; env: Record<string, string> }> {
  const seen = ['AWS_EXECUTION_ENV', 'TMPDIR', 'HOME', 'FONTCONFIG_PATH', 'LD_LIBRARY_PATH'] as const;
  const before = seen.map((name) => [name, process.env[name]] as const);
  try {
    // The libraries that a bare machine lacks come along only where it takes the machine for a Lambda.
    Object.assign(process.env, { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x', TMPDIR: folder, HOME: folder });
    delete process.env.FONTCONFIG_PATH;
    const { default: packed } = await import('@sparticuz/chromium');
    const executablePath = await packed.executablePath();
    const env = Object.fromEntries(
      ['TMPDIR', 'HOME', 'PATH', 'LD_LIBRARY_PATH'].map((name) => [name, process.env[name] ?? '']),
    );
    return { executablePath, env: { ...env, FONTCONFIG_PATH: await fontsOf(folder) } };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** The package's fonts.conf names /tmp/fonts; without a font that is found, text is blank. */
async function fontsOf(folder: string): Promise<string> {
  const own = join(folder, 'fonts');
  const packed = await readFile(join(own, 'fonts.conf'), 'utf8');
  const cache = join(folder, 'fonts-cache');
  await mkdir(cache, { recursive: true });
  const conf = packed
    .replaceAll('/tmp/fonts-cache/', `${cache}/`)
    .replaceAll('<dir>/tmp/fonts</dir>', `<dir>${own}</dir>`);
  await writeFile(join(own, 'fonts.conf'), conf);
  return own;
}

async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: DESKTOP, serviceWorkers: 'block', ...options });
  context.setDefaultTimeout(10_000);
  const foreign: string[] = [];
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const isOwn = hostname === '127.0.0.1' || hostname === 'localhost';
    if (/^(https?|wss?):$/.test(protocol) && !isOwn) foreign.push(request.url());
  });
  return { page: await context.newPage(), foreign };
}

/** What axe finds wrong with the page as it is shown now: a line for each element, the rule first. */
export async function axeViolations(page: Page): Promise<string[]> {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  // A page on which no rule applied was not looked at.
  if (passes.length === 0) throw new Error('axe found nothing to look at');
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id} (${help}): ${target.join(' ')}`));
}
