import { expect, it } from 'vitest';
import { type Account, newAccount } from '../../../../functions/domain/case/account.ts';
import { PatientNotFoundError } from '../../../../functions/domain/errors.ts';
import { verifyEmail } from '../../../../functions/steps/verify-email.ts';

it('ends the case of a patient unknown to the EHR once, however often its Lambda runs', async () => {
  let stored: Account = { ...newAccount('p1'), execution: 'x1', lease: { owner: 'x1', until: '2026-06-15T13:00:00Z' } };
  const counted: unknown[] = [];
  const ports = {
    clock: { now: () => Date.parse('2026-06-15T12:00:00Z') },
    practice: { timeZone: 'America/New_York', recheckDays: 7, reminderDays: [20, 27] },
    metrics: { ended: (ended: unknown) => void counted.push(ended) },
    fingerprint: { of: async () => '' },
    ehr: {
      readPatient: () => Promise.reject(new PatientNotFoundError('HTTP_404')),
      openStaffTask: async () => undefined,
      closeStaffTask: async () => undefined,
    },
    cases: {
      read: async () => stored,
      save: async (_previous: Account | null, next: Account) => {
        stored = next;
        return next;
      },
    },
  };
  for (let run = 0; run < 2; run++) {
    await expect(verifyEmail(ports, { execution: 'x1', patientId: 'p1' })).rejects.toThrow(PatientNotFoundError);
  }
  expect(stored).toMatchObject({ outcome: 'FAILED', failures: 1, lease: null, nextCheckDay: '2026-06-22' });
  expect(counted).toEqual([
    { outcome: 'FAILED', reason: 'PatientNotFoundError', unresolvedSeconds: 0, accessSeconds: null },
  ]);
});
