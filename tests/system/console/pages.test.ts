/** Every page as a phone and a desktop show it: complete, reachable, and without requests to other machines. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../../functions/admin/contract.ts';
import { axeViolations, DESKTOP, openBrowser, type TestBrowser } from '../../support/harness/browser.ts';
import { BUILD_PATIENCE_MS, buildConsole, untilBuilt } from '../../support/harness/scripted-api.ts';
import { type RunningPlatform, runPlatform } from '../scenarios/running-platform.ts';

const PHONE = { width: 390, height: 844 };

/** Each page's address, and what is on it once everything was read. */
const PAGES: [name: string, path: () => string, shown: string][] = [
  ['Today', () => '', 'Name the responsible provider'],
  ['Patients', () => 'patients', 'Upcoming checks'],
  ['a patient', () => `patients/${held.patientId}`, 'Status details'],
  ['Executions', () => 'executions', 'Executions'],
  ['an execution', () => `executions/${held.execution}`, 'HoldForStaff'],
  ['Sweeps', () => 'sweeps', 'Day by day'],
  ['a sweep', () => `sweeps/${sweep.day}/${sweep.execution}`, 'Outcome counts'],
  ['Practice', () => 'practice', 'practice.name'],
  ['the tour', () => 'local', 'What to try'],
  ['the charts', () => 'local/chart', 'Patients'],
  ['a chart', () => `local/chart/${held.patientId}`, 'At the front desk'],
  ['the mailbox', () => 'local/mailbox', 'Mails'],
];

let browser: TestBrowser;
let running: RunningPlatform;
const held = { patientId: '', execution: '' };
let sweep = { day: '', execution: '' };
beforeAll(async () => {
  await buildConsole();
  browser = await openBrowser();
  running = await runPlatform();
  await untilBuilt(running.platform.consoleBuild);
  await running.take(await running.admit({}));
  held.patientId = await running.admit({ patient: () => ({ generalPractitioner: [] }) });
  const { execution } = await running.take(held.patientId);
  held.execution = execution.name ?? '';
  await running.platform.clock.advance('P1D');
  const response = await fetch(`${running.platform.endpoints.api}/sweeps?days=2`);
  const { items } = (await response.json()) as AnswerOf<'listSweeps'>;
  [sweep = sweep] = items;
}, BUILD_PATIENCE_MS);
afterAll(async () => {
  await browser?.close();
  await running?.close();
});

const address = (path: string) => `${running.platform.endpoints.console}/${path}`;

async function show(page: Page, path: string, shown: string): Promise<void> {
  await page.goto(address(path));
  // The navigation beside it has some of the same words, and is there first.
  const main = page.getByRole('main');
  await main.getByRole('heading', { level: 1 }).first().waitFor();
  await main.getByText(shown, { exact: true }).filter({ visible: true }).first().waitFor();
  // Charts and pictures are chunks of their own; a spinner says that one is awaited.
  await page
    .getByText(/^Loading /)
    .first()
    .waitFor({ state: 'detached' });
}

describe.each([
  ['1280', DESKTOP, 'light'],
  ['390', PHONE, 'dark'],
] as const)('%s pixels wide', (_width, viewport, colorScheme) => {
  const complaints: string[] = [];
  let page: Page;
  let foreign: string[];
  beforeAll(async () => {
    ({ page, foreign } = await browser.open({ viewport, colorScheme }));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });

  it.each(PAGES)('%s is whole', async (_name, path, shown) => {
    await show(page, path(), shown);
    expect(await axeViolations(page)).toEqual([]);
    const isTooWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    expect(await page.evaluate(isTooWide)).toBe(false);
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
