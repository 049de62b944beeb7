/** By keyboard, in the dark, while something runs, and with a state machine that the console has never seen. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryEventView } from '../../../functions/admin/contract/executions.ts';
import type { AnswerOf } from '../../../functions/admin/contract.ts';
import { readStateMachine } from '../../../statemachines/read-asl.ts';
import { heldCase, type OpenConsole, openConsole } from '../../support/console/open-console.ts';
import { type Answers, BUILD_PATIENCE_MS, NOW, TODAY } from '../../support/harness/scripted-api.ts';

let consoles: OpenConsole;
beforeAll(async () => {
  consoles = await openConsole();
}, BUILD_PATIENCE_MS);
afterAll(() => consoles.close());

type Asl = { States: Record<string, Record<string, unknown>> };

const shipped = () => readStateMachine<Asl>('regenerate-pin');

const entered = (id: number, state: string): HistoryEventView => ({
  ...{ id, at: NOW, type: 'TaskStateEntered', state, attempt: null },
  ...{ input: { patientId: 'demo-001' }, output: null, error: null, cause: null },
});

/** An execution that stands in VerifyEmail. */
function execution(definition: Asl, status: AnswerOf<'readExecution'>['status'] = 'RUNNING'): Partial<Answers> {
  return {
    readExecution: ({ parameters }) => ({
      ...{ name: parameters.name ?? '', machine: 'regenerate-pin', status, startedAt: NOW, stoppedAt: null },
      ...{ patientId: null, outcome: null, reason: null, input: {}, output: null, error: null, cause: null },
    }),
    readStateMachine: () => ({ name: 'regenerate-pin', definition: { ...definition } }),
    readHistory: () => ({ items: [entered(1, 'VerifyEmail')], next: null }),
  };
}

const state = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name},`) });
const focused = (page: Page) => page.evaluate('String(document.activeElement.getAttribute("aria-label"))');

describe('the picture', () => {
  it('is of the definition that the API gives, whatever the console was built with', async () => {
    const definition = shipped();
    definition.States.CallThePatient = { Type: 'Task', Comment: 'Staff call.', End: true };
    Object.assign(definition.States.RequestEmail ?? {}, { Next: 'CallThePatient', End: undefined });
    delete definition.States.LeaseLost;
    const { page } = await consoles.at('executions/one?state=CallThePatient', execution(definition));
    await state(page, 'CallThePatient').waitFor();
    await page.getByText('Staff call.').waitFor();
    expect(await state(page, 'LeaseLost').count()).toBe(0);
    expect(await page.getByRole('button', { name: /, (Task|Choice|Pass|Fail), / }).count()).toBe(
      Object.keys(definition.States).length,
    );
  });

  it('is reached and read by keyboard', async () => {
    const { page } = await consoles.at('executions/one', execution(shipped()));
    await state(page, 'VerifyEmail').focus();
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toMatch(/^CheckExpiry, Task, not reached/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'CheckExpiry' }).waitFor();
    expect(await state(page, 'CheckExpiry').getAttribute('aria-pressed')).toBe('true');
    // One Tab stop for all states.
    await page.keyboard.press('Tab');
    expect(await focused(page)).not.toMatch(/, (Task|Choice|Pass|Fail), /);
    expect(await page.getByRole('figure').getAttribute('aria-label')).toContain('path taken: VerifyEmail.');
  });
});

describe('while an execution runs', () => {
  it('the page follows it, and rests while hidden', async () => {
    const { page, api } = await consoles.at('executions/one', execution(shipped()));
    await state(page, 'VerifyEmail').waitFor();
    await page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => window.seen ?? 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));
    `);
    await wait(500);
    const before = api.calls.length;
    await wait(3_000);
    expect(api.calls.length - before).toBe(0);
    api.answers.readHistory = () => ({ items: [entered(1, 'VerifyEmail'), entered(2, 'CheckExpiry')], next: null });
    await page.evaluate('window.seen = "visible"; document.dispatchEvent(new Event("visibilitychange"));');
    await page.getByRole('button', { name: /^CheckExpiry, Task, running/ }).waitFor();
  });

  it('reads of a long history only what is new', async () => {
    const pages: Record<string, HistoryEventView[]> = { first: [entered(1, 'VerifyEmail')], second: [] };
    const { page, api } = await consoles.at('executions/one', {
      ...execution(shipped()),
      readHistory: ({ query }) => {
        const cursor = query.get('cursor') ?? 'first';
        return { items: pages[cursor] ?? [], next: cursor === 'first' ? 'second' : null };
      },
    });
    await state(page, 'VerifyEmail').waitFor();
    pages.second = [entered(2, 'CheckExpiry')];
    await page.getByRole('button', { name: /^CheckExpiry, Task, running/ }).waitFor();
    const cursors = api.of('readHistory').map(({ query }) => query.get('cursor'));
    expect(cursors.slice(0, 2)).toEqual([null, 'second']);
    expect(new Set(cursors.slice(2))).toEqual(new Set(['second']));
  });
});

describe('Today', () => {
  it('shows the cases of one location, by its address', async () => {
    const { page, api } = await consoles.at('?location=org-2', {
      readOverview: () => ({
        ...{ now: NOW, today: TODAY, timeZone: 'America/New_York', paused: null, lastSweep: null },
        work: [{ todo: 'enter-email', count: 3, isComplete: true, oldestSince: NOW }],
        due: { count: 0, isComplete: true },
        running: { count: 0, isComplete: true },
      }),
      readPractice: () => ({
        settings: [
          {
            key: 'locations',
            value: [{ organization: 'Organization/org-1' }, { organization: 'Organization/org-2' }],
            explanation: '',
          },
        ],
      }),
    });
    await page.getByText('No cases at this location').waitFor();
    expect(api.of('readWorkList').at(-1)?.query.get('location')).toBe('org-2');
    await page.getByRole('button', { name: 'Location: org-2' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'all' }).click();
    await page.getByText('The last of these has just been seen to.').waitFor();
    expect(api.of('readWorkList').at(-1)?.query.has('location')).toBe(false);
  });
});

describe('the appearance', () => {
  it('follows the system, and is what one chooses, the next time too', async () => {
    const { page } = await consoles.at('', {}, { colorScheme: 'dark' });
    const isDark = () => page.locator('body.awsui-dark-mode').count();
    await page.getByText('All caught up').waitFor();
    expect(await isDark()).toBe(1);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.locator('body:not(.awsui-dark-mode)').waitFor();
    await page.getByRole('button', { name: 'Appearance' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Dark' }).click();
    await page.locator('body.awsui-dark-mode').waitFor();
    await page.reload();
    await page.getByText('All caught up').waitFor();
    expect(await isDark()).toBe(1);
  });
});

describe('a link', () => {
  it('leads to the page, its title and its heading, without loading the console anew', async () => {
    const { page } = await consoles.at('');
    await page.evaluate('window.isSame = true');
    await page.getByRole('link', { name: 'Practice' }).click();
    await page.getByRole('heading', { name: 'Practice' }).waitFor();
    expect(await page.title()).toBe('Practice – Portal PIN');
    expect(await page.evaluate('window.isSame')).toBe(true);
    expect(await page.evaluate('document.activeElement.className')).toBe('content');
  });

  it('to another execution shows nothing of the one before under its name', async () => {
    const answer = Promise.withResolvers<void>();
    const { page } = await consoles.at('executions/one', {
      ...execution(shipped(), 'FAILED'),
      readPatient: () => heldCase(),
      actOnPatient: () => ({ decision: 'STARTED', execution: 'two' }),
      readExecution: async ({ parameters }) => {
        const name = parameters.name ?? '';
        if (name === 'two') await answer.promise;
        return {
          ...{ name, machine: 'regenerate-pin', status: 'FAILED', startedAt: NOW, stoppedAt: NOW },
          ...{ patientId: 'demo-001', outcome: null, reason: null, input: {}, output: null, cause: null },
          error: `ErrorOf${name}`,
        };
      },
    });
    await page.getByText('ErrorOfone').waitFor();
    await page.getByRole('button', { name: 'Actions for demo-001' }).click();
    await page.getByRole('menuitem', { name: 'Try again' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('It works again.');
    await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'Follow the execution' }).click();
    await page.getByText('Loading the execution').waitFor();
    expect(await page.getByText('ErrorOfone').count()).toBe(0);
    answer.resolve();
    await page.getByText('ErrorOftwo').waitFor();
  });
});
