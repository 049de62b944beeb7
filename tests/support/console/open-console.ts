/** A browser and the console in front of a scripted API, for one test file. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { PatientView } from '../../../functions/admin/contract/patients.ts';
import { openBrowser, type TestBrowser } from '../harness/browser.ts';
import { type Answers, buildConsole, type ScriptedApi, scriptApi } from '../harness/scripted-api.ts';

export interface OpenConsole {
  browser: TestBrowser;
  /** A fresh API with its console open at `path`; closed with `close`. */
  at(
    path: string,
    answers?: Partial<Answers>,
    options?: BrowserContextOptions,
    config?: Parameters<typeof scriptApi>[1],
  ): Promise<{ page: Page; api: ScriptedApi }>;
  close(): Promise<void>;
}

/** For a beforeAll with BUILD_PATIENCE_MS. */
export async function openConsole(): Promise<OpenConsole> {
  await buildConsole();
  const browser = await openBrowser();
  const apis: ScriptedApi[] = [];
  return {
    browser,
    async at(path, answers, options, config) {
      const api = await scriptApi(answers, config);
      apis.push(api);
      const { page } = await browser.open(options);
      await page.goto(api.url + path);
      return { page, api };
    },
    async close() {
      await browser.close();
      await Promise.all(apis.map((api) => api.close()));
    },
  };
}

/** A case that is held, with whatever differs. */
export function heldCase(differing: Partial<PatientView> = {}): PatientView {
  return {
    patientId: 'demo-001',
    version: 'first',
    pin: { state: 'EXPIRED', issuedAt: '2026-05-01T12:00:00Z', expiresAt: '2026-05-31T12:00:00Z' },
    outcome: 'HELD',
    reason: 'CYCLE_LIMIT',
    todo: 'decide',
    nextCheckDay: '2026-06-20',
    location: 'demo-org-1',
    isAtWork: false,
    since: '2026-06-10T12:00:00Z',
    endedAt: '2026-06-10T12:00:00Z',
    endedBy: 'execution-1',
    failures: 0,
    unclaimedCycles: 3,
    pickedUpAt: null,
    registeredAt: null,
    reminder: null,
    message: null,
    staffTasks: [],
    explain: [{ rule: 'Cycles without a registration', fact: '3' }],
    executions: [],
    decisions: [],
    actions: ['redrive', 'release'],
    ...differing,
  };
}
