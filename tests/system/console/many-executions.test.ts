import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortName } from '../../../console/pages/execution-name.ts';
import { type OpenConsole, openConsole } from '../../support/console/open-console.ts';
import { manyExecutions, nameOf, PAGE } from '../../support/harness/many-executions.ts';
import { BUILD_PATIENCE_MS } from '../../support/harness/scripted-api.ts';

const TOTAL = 100_000;

let consoles: OpenConsole;
beforeAll(async () => {
  consoles = await openConsole();
}, BUILD_PATIENCE_MS);
afterAll(() => consoles.close());

const rowOf = (page: Page, n: number) => page.getByRole('link', { name: shortName(nameOf(n)) });
const next = (page: Page) => page.getByRole('button', { name: 'Next page' });

describe('100,000 executions', () => {
  it('are paged by one request a page, of which the page holds one at a time', async () => {
    const { page, api } = await consoles.at('executions', { listExecutions: manyExecutions(TOTAL) });
    await rowOf(page, 0).waitFor();
    for (let number = 1; number <= 3; number++) {
      await next(page).click();
      await rowOf(page, number * PAGE).waitFor();
      expect(await page.getByRole('row').count()).toBe(PAGE + 1);
    }
    expect(api.of('listExecutions').map(({ query }) => query.get('cursor'))).toEqual([null, '50', '100', '150']);
  });

  it('a page has an address of its own, and the back button leads to the one before', async () => {
    const { page } = await consoles.at('executions?page=2000&cursor=99950', { listExecutions: manyExecutions(TOTAL) });
    await rowOf(page, TOTAL - 1).waitFor();
    expect(await next(page).isDisabled()).toBe(true);
    await page.goto(page.url().replace(/\?.*/, ''));
    await next(page).click();
    await rowOf(page, PAGE).waitFor();
    await next(page).click();
    await rowOf(page, 2 * PAGE).waitFor();
    await page.goBack();
    await rowOf(page, PAGE).waitFor();
    await page.goBack();
    await rowOf(page, 0).waitFor();
    await page.goForward();
    await rowOf(page, PAGE).waitFor();
  });

  it('a filter stands in the address, begins at the first page, and is gone with the back button', async () => {
    const { page, api } = await consoles.at('executions', { listExecutions: manyExecutions(TOTAL) });
    await next(page).click();
    await rowOf(page, PAGE).waitFor();
    await page.getByRole('button', { name: /Status/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Failed' }).click();
    await rowOf(page, 0).waitFor();
    expect(new URL(page.url()).search).toBe('?status=FAILED');
    expect(Object.fromEntries(api.of('listExecutions').at(-1)?.query ?? [])).toEqual({ status: 'FAILED' });
    await page.goBack();
    await rowOf(page, PAGE).waitFor();
  });
});
