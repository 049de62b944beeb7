/** The mails of docs/mails as a browser shows them: no violation for axe, light and dark, on a phone and on a desktop. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MESSAGE_KINDS } from '../../../functions/domain/case/account.ts';
import { LANGUAGES } from '../../../functions/domain/email/language.ts';
import {
  axeViolations,
  BROWSER_PATIENCE,
  DESKTOP,
  type OpenPage,
  openBrowser,
  PHONE,
  type TestBrowser,
} from '../../support/harness/browser.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
}, BROWSER_PATIENCE);
afterAll(() => browser.close());

const FILES = LANGUAGES.flatMap((language) =>
  MESSAGE_KINDS.map((kind) => [`${kind.toLowerCase().replace('_', '-')}.${language}.html`, language] as const),
);

const SHOWN = [
  ['light', PHONE],
  ['light', DESKTOP],
  ['dark', PHONE],
  ['dark', DESKTOP],
] as const;

async function open(name: string): Promise<OpenPage> {
  const opened = await browser.open();
  await opened.page.setContent(readFileSync(new URL(`../../../docs/mails/${name}`, import.meta.url), 'utf8'));
  return opened;
}

/** Background and text color of the first element of a selector, as `rgb(…)`. */
const coloursOf = async ({ page }: OpenPage, selector: string) =>
  (await page.evaluate(
    `((style) => [style.backgroundColor, style.color])(getComputedStyle(document.querySelector(${JSON.stringify(selector)})))`,
  )) as string[];

it.each(FILES)(
  '%s: nothing for axe, nothing asked of anybody, nothing wider than the screen',
  async (name, language) => {
    const { page, foreign } = await open(name);
    for (const [colorScheme, size] of SHOWN) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      const found = { colorScheme, ...size, violations: await axeViolations(page) };
      expect(found).toEqual({ colorScheme, ...size, violations: [] });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(size.width);
      const action = page.getByRole('link');
      expect(await action.count()).toBe(1);
      const box = await action.boundingBox();
      // WCAG 2.2, 2.5.5: a finger's width; and seen without scrolling.
      expect(box?.height).toBeGreaterThanOrEqual(44);
      expect((box?.y ?? Number.NaN) + (box?.height ?? 0)).toBeLessThanOrEqual(size.height);
    }
    expect(foreign).toEqual([]);
    expect(await page.getAttribute('html', 'lang')).toBe(language);
    expect(await page.getByRole('main').getByRole('heading', { level: 1 }).count()).toBe(1);
    await page.context().close();
  },
  60_000,
);

it(
  'in the dark is dark to the edges, with light letters',
  async () => {
    const luminance = (rgb = '') => {
      const [red = 0, green = 0, blue = 0] = (rgb.match(/\d+/g) ?? []).map(Number);
      return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    };
    const opened = await open('reminder.en.html');
    for (const colorScheme of ['dark', 'light'] as const) {
      await opened.page.emulateMedia({ colorScheme });
      const isDark = colorScheme === 'dark';
      for (const selector of ['body', '[role=main]', '.card', '.term']) {
        const [background] = await coloursOf(opened, selector);
        expect([selector, luminance(background) < 0.3], colorScheme).toEqual([selector, isDark]);
      }
      const [, letters] = await coloursOf(opened, 'h1');
      expect(luminance(letters) > 0.7).toBe(isDark);
    }
  },
  BROWSER_PATIENCE,
);
