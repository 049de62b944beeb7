/** A newcomer's two minutes, by what they see: nothing here is asked of the platform but the charts to begin with. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type TestBrowser } from '../../support/harness/browser.ts';
import { BUILD_PATIENCE_MS, buildConsole, untilBuilt } from '../../support/harness/scripted-api.ts';
import { type RunningPlatform, runPlatform } from '../scenarios/running-platform.ts';

let browser: TestBrowser;
let running: RunningPlatform;
let page: Page;
let foreign: string[];
beforeAll(async () => {
  await buildConsole();
  browser = await openBrowser();
  running = await runPlatform();
  await untilBuilt(running.platform.consoleBuild);
  ({ page, foreign } = await browser.open());
  page.setDefaultTimeout(20_000);
}, BUILD_PATIENCE_MS);
afterAll(async () => {
  await browser?.close();
  await running?.close();
});

const path = (below: string) => page.goto(`${running.platform.endpoints.console}/${below}`);
const heading = (name: string | RegExp) => page.getByRole('heading', { name });
const link = (name: string | RegExp) => page.getByRole('link', { name }).first();
const state = (name: string) => page.getByRole('button', { name: new RegExp(`^${name},`) });
const follow = () => page.getByRole('link', { name: 'Follow the execution' }).first().click();

async function decide(verb: string, reason: string): Promise<void> {
  await page.getByRole('dialog').getByRole('textbox').fill(reason);
  await page.getByRole('dialog').getByRole('button', { name: verb }).click();
}

async function act(patientId: string, verb: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${patientId}` }).click();
  await page.getByRole('menuitem', { name: verb }).click();
  await decide(verb, reason);
}

describe('the newcomer', () => {
  it('sweeps, opens a case that waits, mends its cause, redrives it, and sees it come round again', async () => {
    for (let count = 0; count < 3; count++) await running.track(await running.admit({}));
    const patientId = await running.admit({ patient: () => ({ generalPractitioner: [] }) });
    await running.track(patientId);

    await path('sweeps');
    await page.getByRole('button', { name: 'Start a sweep' }).click();
    await decide('Start a sweep', 'To see one.');
    await page.getByRole('link', { name: 'Open its report' }).first().click();
    await page.getByRole('row', { name: 'Regenerated 3' }).waitFor();
    await page.getByRole('row', { name: 'Held: no single responsible provider 1' }).waitFor();

    await link('Today').click();
    await heading(/Name the responsible provider/).waitFor();
    await page.getByRole('row', { name: patientId }).getByRole('link', { name: 'Open' }).click();
    await state('HoldForStaff').waitFor();
    expect(await state('RegeneratePin').getAttribute('aria-label')).toContain('failed');
    expect(await state('SignDocument').getAttribute('aria-label')).toContain('not reached');
    const held = page.url();

    await link('Open the chart').click();
    await page.getByRole('checkbox', { name: 'Send webhook' }).click();
    await page
      .getByRole('button', { name: /Provider/ })
      .filter({ hasText: 'Choose a provider' })
      .click();
    await page.getByRole('option', { name: 'Alice Whitfield' }).click();
    await page.getByRole('button', { name: 'Set provider' }).click();
    await page.getByText('The chart is changed').waitFor();

    await page.goBack();
    await act(patientId, 'Try again', 'The chart names a provider now.');
    await follow();
    await page.getByText('Regenerated', { exact: true }).first().waitFor();
    expect(page.url()).not.toBe(held);
    await page.getByRole('button', { name: /^SendEnrollmentNotification, Task, succeeded/ }).waitFor();

    await link('Mailbox').click();
    await page.getByRole('row').filter({ hasText: '@example.com' }).nth(3).waitFor();

    await page.getByRole('button', { name: /clock of the practice/ }).click();
    await page.getByRole('menuitem', { name: '30 days later' }).click();
    await page.getByText('Time has passed').waitFor();

    await path(`patients/${patientId}`);
    await link('Attempt 3').waitFor();
    await page.getByText(/^Valid, expires in/).waitFor();
    await page.getByRole('row', { name: /Try again.*The chart names a provider now\./ }).waitFor();
    expect((await running.account(patientId)).unclaimedCycles).toBe(2);
  }, 90_000);

  it('lets the EHR refuse a signing, sees where the execution failed, and redrives it', async () => {
    const patientId = await running.admit({});
    await running.track(patientId);
    await path('local');
    await page.getByRole('button', { name: 'The EHR refuses a signing' }).click();
    await page.getByText('Next: The EHR refuses a signing').waitFor();
    await page.getByRole('textbox', { name: 'Patient' }).fill(patientId);
    await page.getByRole('button', { name: 'A person wants a new PIN' }).click();
    await follow();
    await state('RegenerationFailed').waitFor();
    await state('SignDocument').click();
    await page.getByText('EhrRejectedError').first().waitFor();
    await heading('SignDocument').waitFor();
    expect(new URL(page.url()).searchParams.get('state')).toBe('SignDocument');

    await link('Today').click();
    await heading(/Review failure/).waitFor();
    await act(patientId, 'Try again', 'The EHR takes signings again.');
    await follow();
    await page.getByText('Regenerated', { exact: true }).first().waitFor();
  }, 60_000);

  it('is told by the EHR: an address that is entered lets the case go on by itself', async () => {
    const patientId = await running.admit({ patient: () => ({ telecom: [] }) });
    await running.take(patientId);
    await path(`local/chart/${patientId}`);
    await page.getByPlaceholder('name@example.com').fill('newcomer@example.com');
    await page.getByRole('button', { name: 'Enter address' }).click();
    await follow();
    await page.getByText('Regenerated', { exact: true }).first().waitFor();
  }, 60_000);

  it('has sent no request to another machine', () => {
    expect(foreign).toEqual([]);
  });
});
