import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../infra/functions.ts';
import { REGENERATE_PIN } from '../../infra/machines.ts';
import { FailingPractice } from '../harness/failing-practice.ts';
import type { OutsideCall } from '../harness/outside-call.ts';
import { PATHS as DISCARDING } from '../workflow/discarding-paths.ts';
import { prove } from '../workflow/every-call.ts';
import { PATHS as OTHER } from '../workflow/other-paths.ts';
import { PATHS as REGENERATING } from '../workflow/regenerating-paths.ts';

/** What each step's function was seen to need, by name, on every path of tests/workflow. */
const used = new Map<string, Set<string>>();

/** The permission without which a call would be refused on AWS. */
function permissionOf({ service, label }: OutsideCall): string {
  if (service === '/dynamodb') return `records:${label.split(' ')[1]}`;
  if (service === '/kms') return 'fingerprint';
  if (service === '/ses') return 'mail';
  return 'ehr';
}

beforeAll(async () => {
  const practice = await FailingPractice.open();
  afterAll(() => practice.platform.close());
  for (const [n, path] of [...REGENERATING, ...DISCARDING, ...OTHER].entries()) {
    const { calls } = await prove(practice, path, [], 1_000 * (n + 1), 1);
    for (const call of calls) {
      const permissions = used.get(call.step) ?? new Set<string>();
      used.set(call.step, permissions.add(permissionOf(call)));
    }
  }
}, 120_000);

/** What a step needs on ways that tests/workflow does not take; a permission that is seen may not stand here. */
const UNSEEN: Record<string, string[]> = {
  // The EHR does not know a patient whose account there is: the end is noted.
  VerifyEmail: ['records:UpdateItem'],
  // A patient who registered, opted out or was merged has no PIN that lapses.
  CheckExpiry: ['records:DeleteItem'],
  SendEnrollmentNotification: ['records:DeleteItem'],
};

describe('what a function may do is what its step does', () => {
  const steps = FUNCTIONS.filter(({ name }) => REGENERATE_PIN.tasks.some(({ state }) => state === name));
  it.each(steps)('$name', ({ name, permissions }) => {
    const needed = [...(used.get(name) ?? []), ...(UNSEEN[name] ?? [])];
    expect(needed.toSorted()).toEqual(permissions.toSorted());
  });
});
