/** What the console makes of a case that changed, an API that is away, an impatient finger, and markup. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldCase, type OpenConsole, openConsole } from '../../support/console/open-console.ts';
import { BUILD_PATIENCE_MS, NOW, Refusal, TODAY } from '../../support/harness/scripted-api.ts';

let consoles: OpenConsole;
beforeAll(async () => {
  consoles = await openConsole();
}, BUILD_PATIENCE_MS);
afterAll(() => consoles.close());

const CASE = 'patients/demo-001';
const REASON = 'The family asked for it.';

/** Opens the dialog of an action from the menu of the page. */
async function choose(page: Page, verb: string): Promise<void> {
  await page.getByRole('button', { name: 'Actions for demo-001' }).click();
  await page.getByRole('menuitem', { name: verb }).click();
  await page.getByRole('dialog').waitFor();
}

const reasonOf = (page: Page) => page.getByRole('dialog').getByRole('textbox');
const confirm = (page: Page, verb: string) => page.getByRole('dialog').getByRole('button', { name: verb });

describe('an action', () => {
  it('without a reason is not sent, and says what is missing', async () => {
    const { page, api } = await consoles.at(CASE, { readPatient: () => heldCase() });
    await choose(page, 'Release hold');
    await confirm(page, 'Release hold').click();
    await page.getByText('Say why: it is recorded with the decision.').waitFor();
    await reasonOf(page).fill('   ');
    await confirm(page, 'Release hold').click();
    expect(api.of('actOnPatient')).toEqual([]);
  });

  it('is done once by an impatient finger', async () => {
    const { page, api } = await consoles.at(CASE, {
      readPatient: () => heldCase(),
      actOnPatient: async () => {
        await wait(300);
        return { decision: 'STARTED', execution: 'execution-2' };
      },
    });
    await choose(page, 'Release hold');
    await reasonOf(page).fill(REASON);
    await confirm(page, 'Release hold').dblclick();
    await page.getByText('an execution has started').waitFor();
    expect(api.of('actOnPatient')).toMatchObject([
      {
        parameters: { patientId: 'demo-001' },
        body: { action: 'release', reason: REASON, version: 'first' },
        key: expect.stringMatching(/^[A-Za-z0-9_-]{8,100}$/),
      },
    ]);
    await page.getByRole('link', { name: 'Follow the execution' }).click();
    await page.waitForURL(/executions\/execution-2$/);
  });

  it('on a case that changed shows the new state, keeps the text, and may be decided again', async () => {
    const changed = heldCase({ version: 'second', outcome: 'FAILED', reason: 'EhrUnavailableError' });
    const { page, api } = await consoles.at(CASE, {
      readPatient: () => heldCase(),
      actOnPatient: ({ body }) =>
        (body as { version: string }).version === 'first'
          ? new Refusal('case-changed', { patient: changed })
          : { decision: 'STARTED', execution: 'execution-2' },
    });
    await choose(page, 'Try again');
    await reasonOf(page).fill(REASON);
    await confirm(page, 'Try again').click();
    await page.getByText('The case has changed meanwhile').waitFor();
    await page.getByRole('dialog').getByText('EhrUnavailableError').waitFor();
    expect(await reasonOf(page).inputValue()).toBe(REASON);
    await confirm(page, 'Try again anyway').click();
    await page.getByText('an execution has started').waitFor();
    const [first, second] = api.of('actOnPatient');
    expect(second).toMatchObject({ body: { version: 'second', reason: REASON } });
    expect(second?.key).not.toBe(first?.key);
  });

  it('that fits the case no more cannot be sent again', async () => {
    const over = heldCase({
      version: 'second',
      outcome: 'REGENERATED',
      reason: null,
      todo: null,
      actions: ['redrive'],
    });
    const { page } = await consoles.at(CASE, {
      readPatient: () => heldCase(),
      actOnPatient: () => new Refusal('decision-refused', { code: 'NOT_HELD', patient: over }),
    });
    await choose(page, 'Release hold');
    await reasonOf(page).fill(REASON);
    await confirm(page, 'Release hold').click();
    await page.getByText('The case is not held any more.').waitFor();
    expect(await confirm(page, 'Release hold').isDisabled()).toBe(true);
    expect(await reasonOf(page).inputValue()).toBe(REASON);
  });

  it('on a deleted patient says so', async () => {
    const { page } = await consoles.at(CASE, {
      readPatient: () => heldCase(),
      actOnPatient: () => new Refusal('patient-gone'),
    });
    await choose(page, 'Try again');
    await reasonOf(page).fill(REASON);
    await confirm(page, 'Try again').click();
    await page.getByText('The EHR does not know this patient any more').waitFor();
    expect(await confirm(page, 'Try again').isDisabled()).toBe(true);
  });

  it('without an answer is repeated under the same key, with the typed input', async () => {
    const { page, api } = await consoles.at(CASE, {
      readPatient: () => heldCase(),
      actOnPatient: () => ({ decision: 'STARTED', execution: 'execution-2' }),
    });
    await choose(page, 'Try again');
    await reasonOf(page).fill(REASON);
    api.condition = 'GONE';
    await confirm(page, 'Try again').click();
    await page.getByRole('dialog').getByText('Portal PIN does not answer').waitFor();
    expect(await reasonOf(page).inputValue()).toBe(REASON);
    api.condition = 'UP';
    await page.getByText('an execution has started').waitFor();
    expect(api.of('actOnPatient')).toHaveLength(1);
  });

  it('that took effect although its answer got lost is sent again under its key', async () => {
    let isLost = true;
    const { page, api } = await consoles.at(CASE, {
      readPatient: () => heldCase(),
      actOnPatient: () => {
        const answer = isLost ? new Refusal('unavailable') : { decision: 'STARTED' as const, execution: 'execution-2' };
        isLost = false;
        return answer;
      },
    });
    await choose(page, 'Try again');
    await reasonOf(page).fill(REASON);
    await confirm(page, 'Try again').click();
    await page.getByText('an execution has started').waitFor();
    const [first, second, ...more] = api.of('actOnPatient');
    expect(more).toEqual([]);
    expect(second).toEqual(first);
  });

  it('that was typed and left is there when one comes back', async () => {
    const { page } = await consoles.at(CASE, { readPatient: () => heldCase() });
    await choose(page, 'Try again');
    await reasonOf(page).fill(REASON);
    await page.keyboard.press('Escape');
    await page.reload();
    await choose(page, 'Try again');
    expect(await reasonOf(page).inputValue()).toBe(REASON);
  });

  it('is not offered to a viewer', async () => {
    const { page } = await consoles.at(CASE, {
      readMe: () => ({ name: 'Robin Hale', groups: ['viewer'], canAct: false }),
      readPatient: () => heldCase(),
    });
    await page.getByText('Status details').waitFor();
    expect(await page.getByRole('button', { name: /Actions/ }).count()).toBe(0);
  });
});

describe('an API that is', () => {
  it('away: the page says so, keeps what it shows, and recovers by itself', async () => {
    let facts = 'as it was';
    const { page, api } = await consoles.at(CASE, {
      readPatient: () => heldCase({ isAtWork: true, explain: [{ rule: 'The last look', fact: facts }] }),
    });
    await page.getByText('as it was').waitFor();
    api.condition = 'GONE';
    await page.getByText('Portal PIN does not answer').waitFor();
    expect(await page.getByText('as it was').isVisible()).toBe(true);
    facts = 'as it is now';
    api.condition = 'UP';
    await page.getByText('as it is now').waitFor();
    await page.getByText('Portal PIN does not answer').waitFor({ state: 'detached' });
  });

  it('half started: what answers is not taken for it, and the page goes on by itself', async () => {
    const { page, api } = await consoles.at('', {});
    await page.getByText('All caught up').waitFor();
    api.condition = 'PROXY';
    await page.reload();
    await page.getByText('Portal PIN does not answer').waitFor();
    api.condition = 'UP';
    await page.getByText('All caught up').waitFor();
  });

  it('slow: the page says that it takes long', async () => {
    const { page } = await consoles.at('practice', {
      readPractice: async () => {
        await wait(6_000);
        return { settings: [{ key: 'sweep.hour', value: 5, explanation: 'When the sweep begins.' }] };
      },
    });
    await page.getByText('It takes longer than usual.').waitFor();
    await page.getByText('When the sweep begins.').waitFor();
  });

  it('through with the session: the page says so', async () => {
    const { page } = await consoles.at('', { readOverview: () => new Refusal('not-signed-in') });
    await page.getByText('Your session has ended').waitFor();
  });

  it('of no use for a list: the page says so and keeps the filters, by which one goes on', async () => {
    const { page } = await consoles.at('executions?machine=discover-pins&page=7&cursor=old', {
      listExecutions: ({ query }) =>
        query.get('machine') === 'discover-pins' ? new Refusal('machine-unknown') : { items: [], next: null },
    });
    await page.getByText('It is not deployed here.').waitFor();
    await page.getByRole('button', { name: /State machine: discover-pins/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'regenerate-pin' }).click();
    await page.getByText('No matching executions').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it('without the thing that the address names: the page says what to do', async () => {
    const { page } = await consoles.at('patients/unknown-1');
    await page.getByText('No record of unknown-1').waitFor();
    await page.goto(page.url().replace('patients/unknown-1', 'executions/none'));
    await page.getByText('No such execution').waitFor();
    await page.goto(page.url().replace('executions/none', 'no/such/page'));
    await page.getByText('No page has this address.').waitFor();
  });
});

describe('markup', () => {
  const MARKUP = '<img src=x onerror="document.title=\'taken over\'"><b>bold</b>';

  it('in names, reasons and policy texts is shown as text', async () => {
    const { page } = await consoles.at('', {
      readMe: () => ({ name: MARKUP, groups: ['operator'], canAct: true }),
      readOverview: () => ({
        now: NOW,
        today: TODAY,
        timeZone: 'America/New_York',
        paused: { actor: MARKUP, reason: MARKUP, at: NOW },
        work: [],
        due: { count: 0, isComplete: true },
        running: { count: 0, isComplete: true },
        lastSweep: null,
      }),
      readPractice: () => ({ settings: [{ key: MARKUP, value: { name: MARKUP }, explanation: MARKUP }] }),
      readPatient: () =>
        heldCase({
          location: MARKUP,
          reason: MARKUP,
          explain: [{ rule: MARKUP, fact: MARKUP }],
          decisions: [{ id: '1', action: 'release', actor: MARKUP, reason: MARKUP, at: NOW }],
        }),
    });
    for (const path of ['', CASE, 'practice']) {
      await page.goto(new URL(`/console/${path}`, page.url()).href);
      await page.getByText(MARKUP).filter({ visible: true }).first().waitFor();
      expect(await page.locator('img, b').count()).toBe(0);
      expect(await page.title()).not.toBe('taken over');
    }
  });
});

describe('the pause', () => {
  it('stands above every page, and ends with a reason', async () => {
    let paused: { actor: string; reason: string; at: string } | null = {
      actor: 'Robin Hale',
      reason: 'The EHR is upgraded.',
      at: NOW,
    };
    const { page, api } = await consoles.at('practice', {
      readOverview: () => ({
        now: NOW,
        today: TODAY,
        timeZone: 'America/New_York',
        paused,
        work: [],
        due: { count: 3, isComplete: true },
        running: { count: 0, isComplete: true },
        lastSweep: null,
      }),
      resume: () => {
        paused = null;
        return { paused };
      },
    });
    await page.getByText('The EHR is upgraded.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await reasonOf(page).fill('It is up again.');
    await confirm(page, 'Resume').click();
    await page.getByText('All starts are paused').waitFor({ state: 'detached' });
    expect(api.of('resume')).toMatchObject([{ body: { reason: 'It is up again.' } }]);
  });
});
