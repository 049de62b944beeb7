import { expect, it } from 'vitest';
import type { Draft } from '../../../../functions/domain/case/account.ts';
import type { PinDocument } from '../../../../functions/domain/chart/chart.ts';
import { LeaseLostError } from '../../../../functions/domain/errors.ts';
import { discardDraft } from '../../../../functions/steps/discard-draft.ts';
import { EXECUTION, leasedCase, stepWorld } from '../../../support/worlds/step-world.ts';

const DRAFT: Draft = {
  cycle: 'd0',
  document: 'd1',
  form: 'f1',
  encounter: 'e1',
  request: null,
  compared: { generalPractitioner: 'g', careTeam: 'c', author: 'a', draftOrders: [] },
};
const documentOf = (id: string, date: string): PinDocument => ({
  id,
  signed: true,
  date,
  cycleIdentifier: null,
  encounter: 'e0',
  location: null,
});
const OLD = documentOf('d0', '2026-05-10T12:00:00Z');
const input = (error: string | null, next: 'REGENERATE' | null = null) => ({
  execution: EXECUTION,
  patientId: 'p1',
  decision: {
    due: 'DISCARD',
    next,
    reason: null,
    cycle: 'd0',
    error: error === null ? null : { Error: error, Cause: '' },
  } as const,
});

function world(documents: PinDocument[]) {
  return stepWorld(leasedCase({ document: 'd0', draft: DRAFT }), {
    readPinDocuments: async () => documents,
    discardDrafts: async () => undefined,
    countOurSigned: async () => 0,
    readPin: async () => 'B122900125',
    openStaffTask: async () => undefined,
    closeStaffTask: async () => undefined,
  });
}

it('discards the draft and fails the case with the error that led here (P7)', async () => {
  const { ports, state, calls } = world([OLD]);
  expect(await discardDraft(ports, input('EhrRejectedError'))).toMatchObject({ due: 'DISCARD', next: 'FAIL' });
  expect(calls).toContain('discardDrafts');
  expect(state.stored).toMatchObject({ draft: null, outcome: 'FAILED', reason: 'EhrRejectedError', lease: null });
});

it('continues with what is due after the draft of an earlier cycle', async () => {
  const { ports, state } = world([OLD]);
  expect(await discardDraft(ports, input(null, 'REGENERATE'))).toMatchObject({ next: 'REGENERATE' });
  expect(state.stored).toMatchObject({ draft: null, outcome: null, lease: { owner: EXECUTION } });
});

it('yields to a newer PIN that staff signed by hand', async () => {
  const { ports, state } = world([documentOf('d7', '2026-06-15T11:00:00Z')]);
  expect(await discardDraft(ports, input('NewerPinError'))).toMatchObject({ next: 'NOTHING', reason: 'NOT_EXPIRED' });
  expect(state.stored).toMatchObject({ document: 'd7', draft: null, outcome: 'NOT_NEEDED' });
});

it('touches nothing without the lease', async () => {
  const { ports, calls } = stepWorld(leasedCase({ lease: null, draft: DRAFT }));
  await expect(discardDraft(ports, input('EhrRejectedError'))).rejects.toThrow(LeaseLostError);
  expect(calls).toEqual([]);
});
