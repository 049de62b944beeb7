import type { Communication, DocumentReference, Encounter, QuestionnaireResponse, Task } from 'fhir/r4';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ended, RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { dataOf, STATE_DATA_BYTES } from './state-data.ts';

let running: RunningPlatform;
const all: Ended[] = [];
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running.close());
afterEach(() => {
  running.platform.ehr.clearFaults();
  running.platform.mailbox.heal();
});

async function take(patientId: string): Promise<Ended> {
  const ended = await running.take(patientId);
  all.push(ended);
  return ended;
}

const UPDATE = ['VerifyEmail', 'CheckExpiry', 'WhatIsDue', 'RegeneratePin', 'ClearRouting', 'SignDocument'];
const outputOf = ({ execution }: Ended): unknown => JSON.parse(execution.output ?? 'null');
const documentsOf = (id: string, status: string) =>
  running.fhir<DocumentReference>(`DocumentReference?patient=Patient/${id}&status=${status}`);
const staffTasksOf = async (id: string) =>
  (await running.fhir<Task>(`Task?patient=Patient/${id}&status=requested`)).map(({ code, reasonCode }) => [
    code?.coding?.[0]?.code,
    reasonCode?.text,
  ]);
const mailsTo = (id: string) =>
  running.platform.mailbox.mails().filter((mail) => mail.sent.destination[0]?.includes(`.${Number(id.slice(5))}@`));

/** The request that signs: the one transaction that holds a Provenance. */
const isSigning = ({ body }: { body: unknown }) => JSON.stringify(body ?? '').includes('"Provenance"');

describe('regeneration fails', () => {
  it('PatientNotFound: fails by its own name, and is looked at again after the recheck days', async () => {
    const ended = await take('unknown-1');
    expect(ended.execution).toMatchObject({ status: 'FAILED', error: 'PatientNotFoundError' });
    expect(ended.path).toEqual(['VerifyEmail']);
    expect(await running.account('unknown-1')).toMatchObject({
      outcome: 'FAILED',
      nextCheckDay: expect.any(String),
      lease: null,
    });
  });

  it('RegenerationFailed: the draft is entered in error, the old PIN lives on, another look tomorrow', async () => {
    const id = await running.admit({});
    running.platform.ehr.fail({ route: '', matching: isSigning, fault: { kind: 'status', status: 403 } });
    const ended = await take(id);
    expect(ended.execution).toMatchObject({ status: 'FAILED', error: 'EhrRejectedError' });
    expect(ended.path).toEqual([...UPDATE, 'DiscardDraft', 'WhatRemains', 'RegenerationFailed']);
    const [discarded] = await documentsOf(id, 'entered-in-error');
    expect(discarded?.docStatus).toBe('entered-in-error');
    expect((await documentsOf(id, 'current')).map((each) => each.id)).toEqual([`${id}-pin-1`]);
    const ours = `patient=Patient/${id}&status=entered-in-error`;
    expect(await running.fhir<Encounter>(`Encounter?${ours}`)).toHaveLength(1);
    expect(await running.fhir<QuestionnaireResponse>(`QuestionnaireResponse?${ours}`)).toHaveLength(1);
    expect(await running.fhir(`Task?focus=DocumentReference/${discarded?.id}&status=requested`)).toEqual([]);
    expect(await running.account(id)).toMatchObject({ outcome: 'FAILED', draft: null, lease: null, failures: 1 });
    expect(mailsTo(id)).toEqual([]);
    // The failure is over: the next execution regenerates, with a draft of its own.
    expect(outputOf(await take(id))).toEqual({ outcome: 'REGENERATED', reason: null });
    expect(mailsTo(id)).toHaveLength(1);
  });

  it('DiscardedBecauseNewerPin: staff sign by hand while we work, and win', async () => {
    const id = await running.admit({});
    running.beforeSigning(() => running.platform.ehr.staff.signPinByHand(id, { pin: 'Z987654321' }));
    const ended = await take(id);
    expect(outputOf(ended)).toEqual({ outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' });
    expect(ended.path).toEqual([...UPDATE, 'DiscardDraft', 'WhatRemains', 'NotNeeded']);
    const [byHand, ...others] = await documentsOf(id, 'current');
    expect(byHand?.identifier).toBeUndefined();
    expect(others).toEqual([]);
    expect(await running.account(id)).toMatchObject({ document: byHand?.id, message: null });
  });

  it('SignedAfterAll: the answer to the signing got lost for good, the mail goes out all the same', async () => {
    const id = await running.admit({});
    const lost = { kind: 'status', status: 403 } as const;
    running.platform.ehr.fail({ route: '', matching: isSigning, when: 'after', fault: lost });
    const ended = await take(id);
    expect(outputOf(ended)).toEqual({ outcome: 'REGENERATED', reason: null });
    expect(ended.path).toEqual([...UPDATE, 'DiscardDraft', 'WhatRemains', 'SendEnrollmentNotification']);
    expect(mailsTo(id)).toHaveLength(1);
  });

  it('LeaseLost: another execution took the patient over; its draft is not touched', async () => {
    const id = await running.admit({});
    running.beforeSigning(() => running.change(id, { lease: { owner: 'another', until: '2099-01-01T00:00:00Z' } }));
    const ended = await take(id);
    expect(ended.execution).toMatchObject({ status: 'FAILED', error: 'LeaseLostError' });
    expect(ended.path).toEqual([...UPDATE, 'LeaseLost']);
    expect((await documentsOf(id, 'current')).map((each) => each.docStatus).sort()).toEqual(['final', 'preliminary']);
    expect(await running.account(id)).toMatchObject({ outcome: null, lease: { owner: 'another' } });
  });
});

describe('a signing broke what it must not', () => {
  const PATHS = {
    PostconditionViolated: { lost: false, after: ['NotifyStaff', 'WhatFailed', 'PostconditionViolated'] },
    SignedAfterAllButViolated: {
      lost: true,
      after: ['DiscardDraft', 'WhatRemains', 'NotifyStaff', 'WhatFailed', 'PostconditionViolated'],
    },
  };
  it.each(Object.entries(PATHS))(
    '%s: recorded, not discarded, no mail, a person checks',
    async (_, { lost, after }) => {
      const id = await running.admit({});
      running.platform.ehr.fail({ fault: { kind: 'noAnswerToP12' } });
      const answerLost = { kind: 'status', status: 403 } as const;
      if (lost) running.platform.ehr.fail({ route: '', matching: isSigning, when: 'after', fault: answerLost });
      const ended = await take(id);
      expect(ended.execution).toMatchObject({ status: 'FAILED', error: 'PostconditionViolatedError' });
      expect(ended.path).toEqual([...UPDATE, ...after]);
      const [signed] = await documentsOf(id, 'current');
      const { document, violations, message } = await running.account(id);
      expect({ document, message: message?.state }).toEqual({ document: signed?.id, message: 'OWED' });
      expect(violations).toEqual(['RESPONSIBLE_PROVIDER_CHANGED', 'AUTHOR_CHANGED']);
      expect(await staffTasksOf(id)).toEqual([['check-signing', violations.join(' ')]]);
      expect(mailsTo(id)).toEqual([]);
      expect(outputOf(await take(id))).toEqual({ outcome: 'HELD', reason: 'CHART_UNCLEAR' });
    },
  );
});

describe('the notification is not sent', () => {
  const sent = (id: string) => running.fhir<Communication>(`Communication?subject=Patient/${id}`);

  it('NotificationRejected: the PIN is new, a person is asked, the next execution sends what is owed', async () => {
    const id = await running.admit({});
    running.platform.mailbox.fail({ kind: 'status', code: 'MessageRejected' });
    const ended = await take(id);
    expect(ended.execution).toMatchObject({ status: 'FAILED', error: 'EmailRejectedError' });
    const failed = ['SendEnrollmentNotification', 'NotifyStaff', 'WhatFailed', 'NotificationFailed'];
    expect(ended.path).toEqual([...UPDATE, ...failed]);
    expect(await staffTasksOf(id)).toEqual([['notify-patient', 'EmailRejectedError']]);
    expect(await sent(id)).toEqual([]);
    const again = await take(id);
    expect(again.path).toEqual(['VerifyEmail', 'CheckExpiry', 'WhatIsDue', 'SendEnrollmentNotification']);
    expect(outputOf(again)).toEqual({ outcome: 'REGENERATED', reason: null });
    expect([mailsTo(id).length, (await sent(id)).length, await staffTasksOf(id)]).toEqual([1, 1, []]);
  });

  it('a role without the permission to send: no Task for each patient, and nothing is owed twice', async () => {
    const id = await running.admit({});
    running.platform.mailbox.fail({ kind: 'status', code: 'AccessDenied', status: 403 });
    const ended = await take(id);
    expect(ended.execution).toMatchObject({ status: 'FAILED', error: 'ConfigurationError' });
    expect(await staffTasksOf(id)).toEqual([]);
    expect(await running.account(id)).toMatchObject({ outcome: 'FAILED', message: { state: 'REFUSED' } });
    expect(outputOf(await take(id))).toEqual({ outcome: 'REGENERATED', reason: null });
    expect([mailsTo(id).length, (await sent(id)).length, await staffTasksOf(id)]).toEqual([1, 1, []]);
  });

  it('NotificationFateUnknown: sent or not, it is never sent twice', async () => {
    const id = await running.admit({});
    running.platform.mailbox.fail({ kind: 'drop', when: 'after' });
    const ended = await take(id);
    expect(ended.execution).toMatchObject({ status: 'FAILED', error: 'NotificationFateUnknownError' });
    expect(await running.account(id)).toMatchObject({ message: { state: 'UNKNOWN' } });
    expect(outputOf(await take(id))).toEqual({ outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' });
    expect([mailsTo(id).length, await sent(id)]).toEqual([1, []]);
    expect(await staffTasksOf(id)).toEqual([['notify-patient', 'NotificationFateUnknownError']]);
  });
});

it('state data under 1 KB in every one of them, with its caught error', () => {
  const data = all.flatMap(({ history }) => history.flatMap(dataOf));
  expect(data.some(({ text }) => text.includes('PostconditionViolatedError'))).toBe(true);
  expect(data.filter(({ text }) => Buffer.byteLength(text) >= STATE_DATA_BYTES)).toEqual([]);
});
