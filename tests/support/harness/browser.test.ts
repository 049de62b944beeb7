import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { axeViolations, BROWSER_PATIENCE, openBrowser, PHONE, type TestBrowser } from './browser.ts';

const before = { ...process.env };
function restore(name: string): void {
  if (before[name] === undefined) delete process.env[name];
  else process.env[name] = before[name];
}
let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
}, BROWSER_PATIENCE);
afterAll(() => browser.close());

const page = (body: string) =>
  `<!doctype html><html lang="en"><head><title>A page</title></head><body>${body}</body></html>`;

it('shows text: the fonts are found', async () => {
  const { page: blank } = await browser.open({ viewport: PHONE });
  await blank.setContent(page('<main></main>'));
  const empty = await blank.screenshot();
  await blank.setContent(page('<main><h1>Portal access 0123456789</h1></main>'));
  const written = await blank.screenshot();
  expect(written.equals(empty)).toBe(false);
  // Boxes in place of letters would be equally wide.
  await blank.setContent(page('<main><h1>Widths</h1><span>iiiiiiii</span><br><span>WWWWWWWW</span></main>'));
  const [narrow, wide] = await Promise.all([0, 1].map((nth) => blank.locator('span').nth(nth).boundingBox()));
  expect(wide?.width).toBeGreaterThan((narrow?.width ?? Number.NaN) * 2);
});

it('reaches loopback and nothing else, and tells what was asked elsewhere', async () => {
  const server = createServer((_req, res) => {
    res
      .setHeader('content-type', 'text/html')
      .end(page('<main><h1>Here</h1></main><img alt="" src="http://example.com/pixel.gif">'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { page: here, foreign } = await browser.open();
  await here.goto(`http://127.0.0.1:${port}/`);
  expect(await here.textContent('h1')).toBe('Here');
  expect(foreign).toEqual(['http://example.com/pixel.gif']);
  await expect(here.goto('http://example.com/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
  await new Promise((resolve) => server.close(resolve));
});

it('keeps the rules of the web: a page may not read another origin', async () => {
  const server = createServer((_req, res) => res.end('private'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { page: other } = await browser.open();
  await other.setContent(page('<main><h1>Elsewhere</h1></main>'));
  const read = await other.evaluate(
    (url) =>
      fetch(url)
        .then((answer) => answer.text())
        .catch(() => 'refused'),
    `http://127.0.0.1:${port}/`,
  );
  expect(read).toBe('refused');
  await new Promise((resolve) => server.close(resolve));
});

it('says what axe finds', async () => {
  const { page: poor } = await browser.open();
  await poor.setContent(
    '<html><head><title>Poor</title></head><body><main><h1>Hm</h1><img src="data:,"></main></body></html>',
  );
  const found = await axeViolations(poor);
  expect(found.map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(['html-has-lang', 'image-alt']));
  await poor.setContent(page('<main><h1>Good</h1><p>Text.</p></main>'));
  expect(await axeViolations(poor)).toEqual([]);
});

it(
  'leaves the environment as it was, and nothing behind',
  async () => {
    expect({ ...process.env }).toEqual(before);
    const folder = mkdtempSync(join(tmpdir(), 'portal-pin-browser-test-'));
    process.env.TMPDIR = folder;
    try {
      const own = await openBrowser();
      await own.open();
      expect(readdirSync(folder).join()).toContain('portal-pin-browser-');
      await own.close();
      await own.close();
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      restore('TMPDIR');
      rmSync(folder, { recursive: true });
    }
  },
  BROWSER_PATIENCE,
);
