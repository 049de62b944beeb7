/**
 * Takes the pictures of this folder, `npm run screenshots`: every page of the console, and one failed execution as the
 * runbook walks through it, from the demo practice on this machine.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import UPNG from 'upng-js';
import type { AnswerOf } from '../../functions/admin/contract.ts';
import { firstPass } from '../../local/command/first-pass.ts';
import { loadPractice } from '../../local/load/load-practice.ts';
import { type Platform, startPlatform } from '../../local/platform/platform.ts';
import { openBrowser } from '../../tests/support/harness/browser.ts';
import { untilBuilt } from '../../tests/support/harness/scripted-api.ts';

/** As wide as the pages of the documents. */
const WIDTH = 1280;
const HEIGHT = 860;
const POLICY = fileURLToPath(new URL('../../local/demo/policy.json', import.meta.url));

/** A patient with a failing execution in the pictures: held for a provider until one is named. */
const FAILING = 'demo-040';
/** Waits for a provider. */
const WAITING = 'demo-039';

const pathOf = (name: string) => fileURLToPath(new URL(`${name}.png`, import.meta.url));

async function ask<Data>(platform: Platform, path: string, body?: unknown): Promise<Data> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${platform.url}${path}`, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Data;
}

/** The demo practice three weeks after its first pass, and one execution that tried again and then failed. */
async function threeWeeksOf(platform: Platform): Promise<void> {
  const { patientIds } = await loadPractice(platform, null);
  await firstPass(platform.stepFunctions, patientIds, () => undefined);
  // Then reminders are due, and the cases that need staff are checked again.
  await platform.clock.advance('P15D');
  for (let day = 0; day < 6; day++) await platform.clock.advance('P1D');
  await ask(platform, '/local-api/trouble', { trouble: 'EHR_BUSY' });
  await ask(platform, '/local-api/trouble', { trouble: 'SIGNING_REFUSED' });
  const edit = { edit: 'SET_PROVIDER', practitioner: 'Practitioner/demo-prac-1', at: null };
  await ask(platform, `/local-api/chart/${FAILING}`, { edit, isTold: true });
  await platform.settled();
}

async function shoot(page: Page, address: string, shown: string, name: string, height = HEIGHT): Promise<void> {
  await page.setViewportSize({ width: page.viewportSize()?.width ?? WIDTH, height });
  if (page.url() !== address) await page.goto(address);
  await page.getByText(shown, { exact: true }).filter({ visible: true }).first().waitFor();
  await page
    .getByText(/^Reading /)
    .first()
    .waitFor({ state: 'detached' });
  // Fonts, and what slides or fades in.
  await page.evaluate('document.fonts.ready');
  await page.waitForTimeout(500);
  writeFileSync(pathOf(name), small(await page.screenshot({ animations: 'disabled', caret: 'hide' })));
}

/** The picture in 256 colors, which a page of text and lines hardly has more of: a quarter of the size. */
function small(picture: Buffer): Buffer {
  const decoded = UPNG.decode(new Uint8Array(picture).buffer);
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(decoded), decoded.width, decoded.height, 256));
}

/** One failed execution, from where it is seen to its end: docs/runbook.md. */
async function walkThrough(page: Page, at: (path: string) => string): Promise<void> {
  await page.goto(at(''));
  const row = page.getByRole('row', { name: FAILING });
  await row.scrollIntoViewIfNeeded();
  await shoot(page, page.url(), 'Review failure', 'failed-1-today');
  await row.getByRole('link', { name: 'Open' }).click();
  await page.getByRole('button', { name: /^SignDocument,/ }).click();
  await shoot(page, page.url(), 'SignDocument', 'failed-2-execution', 1_380);
  await page.getByRole('button', { name: `Actions for ${FAILING}` }).click();
  await page.getByRole('menuitem', { name: 'Try again' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('The EHR has restored our right to sign.');
  await shoot(page, page.url(), 'Reason', 'failed-3-redrive');
  await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'Follow the execution' }).click();
  await page.getByRole('button', { name: /^SendEnrollmentNotification, Task, succeeded/ }).waitFor();
  await shoot(page, page.url(), 'SendEnrollmentNotification', 'failed-4-redriven', 1_200);
}

const browser = await openBrowser();
const platform = await startPlatform({ port: 0, policyFile: POLICY, retryIntervalMs: 5 });
try {
  await untilBuilt(platform.consoleBuild);
  await threeWeeksOf(platform);
  const at = (path: string) => `${platform.endpoints.console}/${path}`;
  const { executions } = await ask<AnswerOf<'readPatient'>>(platform, `/api/patients/${WAITING}`);
  const { items } = await ask<AnswerOf<'listSweeps'>>(platform, '/api/sweeps?days=7');
  // The earliest of the week: it checked all waiting cases.
  const sweep = items.findLast(({ counts }) => counts.STARTED > 0);
  const { page } = await browser.open({ viewport: { width: WIDTH, height: HEIGHT } });
  await shoot(page, at(''), 'Review failure', 'today');
  await shoot(page, at('patients'), 'Upcoming checks', 'patients');
  await shoot(page, at(`patients/${WAITING}`), 'Status details', 'patient', 1_200);
  await shoot(page, at('executions'), 'Newest first', 'executions');
  await shoot(page, at(`executions/${executions[0]?.name}`), 'HoldForStaff', 'execution', 1_380);
  await shoot(page, at('sweeps'), 'Day by day', 'sweeps');
  await shoot(page, at(`sweeps/${sweep?.day}/${sweep?.execution}`), 'In numbers', 'sweep', 1_100);
  await shoot(page, at('practice'), 'practice.name', 'practice');
  await shoot(page, at('local'), 'What to try', 'tour', 1_100);
  await shoot(page, at('local/chart'), 'Patients', 'charts');
  await shoot(page, at(`local/chart/${WAITING}`), 'At the front desk', 'chart');
  await shoot(page, at('local/mailbox'), 'Mails', 'mailbox');
  await walkThrough(page, at);
  const phone = await browser.open({ viewport: { width: 390, height: HEIGHT }, colorScheme: 'dark' });
  await shoot(phone.page, at(''), 'Today', 'today-phone');
} finally {
  await browser.close();
  await platform.close();
}
