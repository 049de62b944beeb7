/**
 * The patient's way to the PIN in a real browser: the mail in the mailbox, its link, a wrong answer, the right one. In
 * both languages, on a phone and on a desktop, by keyboard, without JavaScript. Screenshots: test-results/pickup/.
 */
import { mkdirSync } from 'node:fs';
import type { QuestionnaireResponse } from 'fhir/r4';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Language } from '../../../functions/domain/email/language.ts';
import { WORDS } from '../../../functions/pickup/words.ts';
import { axeViolations, type OpenPage, openBrowser, type TestBrowser } from '../../support/harness/browser.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

const SCREENSHOTS = 'test-results/pickup';
const WIDTHS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } } as const;
const LOCALES: Record<Language, string> = { en: 'en-US', es: 'es-MX' };
/** Answers leave on a beat of a second; opening a page, axe and pictures take their time on a busy machine. */
const TIMEOUT = 120_000;

const BIRTH = { month: '2', day: '29', year: '1956', date: '1956-02-29' };

let browser: TestBrowser;
let running: RunningPlatform;
beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  browser = await openBrowser();
  running = await runPlatform();
}, 60_000);
afterAll(async () => {
  await browser.close();
  await running.close();
});

interface Visitor extends OpenPage {
  /** What the page said on the console: a policy that was broken is told there. */
  said: string[];
  requests: string[];
}

async function visit(width: keyof typeof WIDTHS, language: Language, javaScriptEnabled = true): Promise<Visitor> {
  const opened = await browser.open({ viewport: WIDTHS[width], locale: LOCALES[language], javaScriptEnabled });
  return watched(opened.page, opened.foreign);
}

function watched(page: Page, foreign: string[]): Visitor {
  const said: string[] = [];
  const requests: string[] = [];
  // That an answer is a 403 or 422 the console tells by itself.
  page.on('console', (message) => {
    if (!/status of (403|422)/.test(message.text())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  return { page, foreign, said, requests };
}

/** A regenerated patient with a mail. */
async function mailedPatient(language: Language): Promise<{ id: string; address: string }> {
  const address = `browser.${crypto.randomUUID()}@example.com`;
  const telecom = [{ system: 'email' as const, value: address }];
  const id = await running.admit({ patient: () => ({ language, birthDate: BIRTH.date, telecom }) });
  await running.take(id);
  return { id, address };
}

/** The PIN as the chart has it: of the one active form. */
async function pinInChart(id: string): Promise<string> {
  const forms = await running.fhir<QuestionnaireResponse>(
    `QuestionnaireResponse?subject=Patient/${id}&status=completed`,
  );
  const answer = (form: QuestionnaireResponse, linkId: string) =>
    form.item?.find((item) => item.linkId === linkId)?.answer?.[0]?.valueString;
  const active = forms.filter((form) => answer(form, 'activation-status') === 'Active');
  const document = (await running.account(id)).document;
  const [current] = await running.fhir<import('fhir/r4').DocumentReference>(`DocumentReference?_id=${document}`);
  const encounter = current?.context?.encounter?.[0]?.reference;
  return (
    answer(
      active.find((form) => form.encounter?.reference === encounter) ?? {
        resourceType: 'QuestionnaireResponse',
        status: 'completed',
      },
      'pin',
    ) ?? 'none'
  );
}

/** The link of the newest mail to that address. */
function linkTo(address: string): string {
  const mail = running.platform.mailbox.mails().findLast(({ sent }) => sent.destination.includes(address));
  return /http:\/\/[^\s"]+\/pickup\/[\w-]+/.exec(mail?.body.text ?? '')?.[0] ?? 'no link';
}

/** Opens the mail in the mailbox and follows its link, which opens a tab of its own. */
async function followMail(visitor: Visitor, address: string): Promise<Visitor> {
  await visitor.page.goto(`${running.platform.endpoints.mailbox}/`);
  const mail = visitor.page.locator('.email', { hasText: address });
  const view = mail.locator('iframe');
  // The mailbox draws its list anew as mails come, and then no mail is open any more.
  const isOpen = async () => {
    if (!(await view.isVisible())) await mail.getByRole('button', { name: 'Toggle HTML view' }).click();
    return view.isVisible();
  };
  const link = mail.frameLocator('iframe').locator('a[href*="/pickup/"]').first();
  // A list drawn anew swallows a click: then the mail is opened and clicked again.
  const clicked = async (): Promise<Page | null> => {
    if (!(await isOpen())) return null;
    const opened = visitor.page.context().waitForEvent('page', { timeout: 5_000 });
    const [page] = await Promise.allSettled([opened, link.click({ timeout: 5_000 })]);
    return page.status === 'fulfilled' ? page.value : null;
  };
  let page = await clicked();
  for (let attempt = 1; page === null && attempt < 10; attempt++) page = await clicked();
  if (page === null) throw new Error('the link in the mail opens no page');
  await page.waitForLoadState();
  return watched(page, visitor.foreign);
}

async function fill(page: Page, { month, day, year }: { month: string; day: string; year: string }): Promise<void> {
  await page.fill('#month', month);
  await page.fill('#day', day);
  await page.fill('#year', year);
}

async function answer(page: Page, given: { month: string; day: string; year: string }): Promise<void> {
  await fill(page, given);
  await submit(page);
}

/** Presses the form's button and waits for the page that answers. */
async function submit(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.click('main button[type="submit"]')]);
}

/** The page is accessible, nothing overflows, and a screenshot is kept. */
async function inspect(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  expect(await axeViolations(page), name).toEqual([]);
  const [wide, viewport] = [await page.evaluate('document.documentElement.scrollWidth'), page.viewportSize()?.width];
  expect(wide, `${name} is wider than its window`).toBeLessThanOrEqual(viewport ?? 0);
}

const textOf = (page: Page) => page.locator('main').innerText();

describe.each(['en', 'es'] as const)('in %s', (language) => {
  const words = WORDS[language];
  describe.each(['phone', 'desktop'] as const)('on a %s', (width) => {
    const name = (step: string) => `${language}-${width}-${step}`;

    it('from the mail to the PIN, with wrong answers on the way', { timeout: TIMEOUT }, async () => {
      const { id, address } = await mailedPatient(language);
      const reader = await visit(width, language);
      const { page, said, requests } = await followMail(reader, address);
      expect(await page.title()).toContain(words.ask.title);
      await inspect(page, name('1-form'));

      await answer(page, { month: '2', day: '30', year: '1956' });
      expect(await textOf(page)).toContain(words.faults.NO_SUCH_DAY);
      await inspect(page, name('2-no-such-day'));

      await answer(page, { month: '3', day: '1', year: '1956' });
      expect(await textOf(page)).toContain(words.refused.what);
      expect(await page.evaluate('document.activeElement.className')).toBe('summary');
      await inspect(page, name('3-wrong'));

      await answer(page, BIRTH);
      const pin = await pinInChart(id);
      expect(pin).toMatch(/^[A-Z]\d{9}$/);
      expect(await page.locator('#pin').textContent()).toBe(pin);
      expect(await textOf(page)).toContain('https://portal.example.com/enroll');
      await inspect(page, name('4-pin'));

      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: words.pin.copy }).click();
      await page.getByText(words.pin.copied).waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(pin);

      // One request for the page itself, none to another host, nothing stored.
      expect(new Set(requests)).toEqual(new Set([`POST ${new URL(page.url()).pathname}`]));
      expect([said, reader.foreign, await page.context().cookies()]).toEqual([[], [], []]);
      expect(await page.evaluate('Object.keys(localStorage).length + Object.keys(sessionStorage).length')).toBe(0);
      await page.context().close();
    });
  });

  it('an expired link says so after the right answer, and has a new one sent', { timeout: TIMEOUT }, async () => {
    const { id, address } = await mailedPatient(language);
    const old = linkTo(address);
    const { pauseSwitch } = running.decisionPorts;
    await pauseSwitch.set({ actor: 'admin', reason: 'EHR upgrade', at: '2026-11-22T12:00:00Z' });
    await running.platform.clock.advance('P30D');
    const { page } = await visit('phone', language);
    await page.goto(old);
    await answer(page, { month: '3', day: '1', year: '1956' });
    expect(await textOf(page)).not.toContain(words.expired.title);
    await answer(page, BIRTH);
    expect(await textOf(page)).toContain(words.expired.title);
    expect(await page.content()).not.toContain(await pinInChart(id));
    await inspect(page, `${language}-phone-5-expired`);
    await submit(page);
    expect(await textOf(page)).toContain(words.paused.title);
    await inspect(page, `${language}-phone-6-paused`);
    await pauseSwitch.set(null);

    await page.goto(old);
    await answer(page, BIRTH);
    await submit(page);
    expect(await textOf(page)).toContain(words.asked.title);
    await inspect(page, `${language}-phone-7-asked`);
    await running.platform.stepFunctions.settled();
    const newer = linkTo(address);
    expect(newer).not.toBe(old);
    await page.goto(newer);
    await answer(page, BIRTH);
    expect(await page.locator('#pin').textContent()).toBe(await pinInChart(id));

    await page.goto(old);
    await answer(page, BIRTH);
    expect(await textOf(page)).toContain(words.replaced.title);
    await inspect(page, `${language}-phone-8-replaced`);
    await page.context().close();
  });

  it('a locked link gives the same answer, even after the right answer', { timeout: TIMEOUT }, async () => {
    const { id, address } = await mailedPatient(language);
    const { page } = await visit('phone', language);
    await page.goto(linkTo(address));
    const texts: string[] = [];
    for (const day of ['1', '2', '3', '4', '5', BIRTH.day]) {
      await answer(page, { ...BIRTH, day });
      texts.push(await textOf(page));
    }
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain(words.refused.what);
    await inspect(page, `${language}-phone-9-locked`);
    const tasks = await running.fhir<import('fhir/r4').Task>(`Task?patient=Patient/${id}&status=requested`);
    expect(tasks.map((task) => task.reasonCode?.text)).toEqual(['PICKUP_LOCKED']);
    await page.context().close();
  });

  it('tells a patient registered meanwhile that no PIN is needed', { timeout: TIMEOUT }, async () => {
    const { id, address } = await mailedPatient(language);
    const { page } = await visit('phone', language);
    const [person] = await running.fhir<import('fhir/r4').Patient>(`Patient?_id=${id}`);
    if (person === undefined) throw new Error('the patient is gone');
    const url = 'https://portal-pin.example/fhir/StructureDefinition/portal-status';
    await running.platform.ehr.staff.write({ ...person, extension: [{ url, valueCode: 'registered' }] });
    await page.goto(linkTo(address));
    await answer(page, BIRTH);
    expect(await textOf(page)).toContain(words.registered.title);
    await inspect(page, `${language}-phone-10-registered`);
    await page.context().close();
  });

  it('works without JavaScript, by keyboard alone', { timeout: TIMEOUT }, async () => {
    const { id, address } = await mailedPatient(language);
    const { page } = await visit('phone', language, false);
    await page.goto(linkTo(address));
    // Language switch, three fields in the order of the language, button.
    const typed = words.order.map((field) => (field === 'month' ? WRITTEN_MONTH[language] : BIRTH[field]));
    await page.keyboard.press('Tab');
    for (const text of typed) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    expect(await page.locator('#pin').textContent()).toBe(await pinInChart(id));
    expect(await page.getByRole('button').count()).toBe(0);
    await page.screenshot({ path: `${SCREENSHOTS}/${language}-phone-11-no-script.png`, fullPage: true });
    await page.context().close();
  });
});

const WRITTEN_MONTH: Record<Language, string> = { en: 'February', es: 'febrero' };

it('the page speaks the browser’s language before the answer, the chart’s after it, and changes by its switch', {
  timeout: TIMEOUT,
}, async () => {
  const { address } = await mailedPatient('es');
  const { page } = await visit('phone', 'en');
  const languageOf = () => page.evaluate('document.documentElement.lang');
  await page.goto(linkTo(address));
  expect(await languageOf()).toBe('en');
  await answer(page, { ...BIRTH, day: '28' });
  expect(await languageOf()).toBe('en');
  await answer(page, BIRTH);
  expect(await languageOf()).toBe('es');
  await page.goto(linkTo(address));
  await page.getByRole('link', { name: 'Español' }).click();
  expect(await languageOf()).toBe('es');
  await page.getByRole('link', { name: 'English' }).click();
  await answer(page, BIRTH);
  expect(await languageOf()).toBe('en');
  await page.context().close();
});

it('the page is readable by night, and large', { timeout: TIMEOUT }, async () => {
  const { address } = await mailedPatient('en');
  const { page } = await browser.open({ viewport: { width: 320, height: 640 }, colorScheme: 'dark', locale: 'en-US' });
  await page.goto(linkTo(address));
  await answer(page, { ...BIRTH, day: '28' });
  await inspect(page, 'en-night-wrong');
  await answer(page, BIRTH);
  await inspect(page, 'en-night-pin');
  await page.context().close();
});
