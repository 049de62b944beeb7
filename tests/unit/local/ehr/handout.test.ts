import type { DocumentReference, QuestionnaireResponse, Resource, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXTENSION } from '../../../../functions/adapters/fhir/codes.ts';
import {
  collection,
  document,
  encounter,
  form,
  get,
  patient,
  post,
  put,
  type RunningEhr,
  runEhr,
} from '../../../support/local/running-ehr.ts';

const context = { encounter: [{ reference: 'Encounter/e1' }] };
const draft = (more: object = {}) => document('d1', 'p1', { context, ...more });
const signed = (more: object = {}) => draft({ docStatus: 'final', date: '2026-03-01T09:00:00Z', ...more });
const ended = { status: 'finished', period: { start: '2026-03-01T09:00:00Z', end: '2026-03-01T09:01:00Z' } };
const OLD_GP = [{ reference: 'Practitioner/pcp' }, { reference: 'Practitioner/other' }];

function provenance(answers: Partial<Record<'provider' | 'changes', boolean>>, agent: object = {}): Resource {
  const { provider, changes } = answers;
  return {
    resourceType: 'Provenance',
    target: [{ reference: 'DocumentReference/d1' }],
    recorded: '2026-03-01T09:00:00Z',
    agent: [{ who: { reference: 'Device/portal-pin' }, ...agent }],
    extension: [
      ...(provider === undefined ? [] : [{ url: EXTENSION.becomeResponsibleProvider, valueBoolean: provider }]),
      ...(changes === undefined ? [] : [{ url: EXTENSION.signClinicalListChanges, valueBoolean: changes }]),
    ],
  };
}
const bothNo = () => post(provenance({ provider: false, changes: false }));

let running: RunningEhr;
afterEach(() => running.close());
beforeEach(async () => {
  running = await runEhr();
  await running.ehr.load([
    collection(
      patient('p1', { generalPractitioner: OLD_GP }),
      encounter('e1', 'p1'),
      draft(),
      form('q1', 'p1', 'e1'),
      document('old', 'p1', { docStatus: 'final', date: '2026-01-01T00:00:00Z' }),
      document('else', 'p2', { docStatus: 'final', date: '2026-01-01T00:00:00Z' }),
      document('letter', 'p1', { docStatus: 'final', type: { text: 'Letter' } }),
      document('draft', 'p1'),
      ...(['draft', 'active'] as const).map(
        (status): Resource => ({
          resourceType: 'MedicationRequest',
          id: `rx-${status}`,
          status,
          intent: 'order',
          subject: { reference: 'Patient/p1' },
          medicationCodeableConcept: { text: 'Amoxicillin' },
        }),
      ),
    ),
  ]);
});

const chartDocument = (id: string) => running.ehr.read<DocumentReference>('DocumentReference', id);
const statusOf = async (id: string) => (await chartDocument(id))?.status;
const practitioners = async () =>
  (await running.ehr.read<{ generalPractitioner: object[] }>('Patient', 'p1'))?.generalPractitioner;
const prescription = async (id: string) =>
  (await running.ehr.read<{ status: string }>('MedicationRequest', id))?.status;

describe('P9: ending an update', () => {
  it('routes its document to the provider and the sender', async () => {
    running.clock.now = Date.parse('2026-03-05T10:00:00Z');
    await running.transact(put(encounter('e1', 'p1', ended), '1'));

    const tasks = await running.ehr.search<Task>('Task?focus=DocumentReference/d1');
    expect(tasks.map(({ owner }) => owner?.reference)).toEqual(['Practitioner/pcp', 'Device/portal-pin']);
    for (const task of tasks) {
      expect(task).toMatchObject({ status: 'requested', intent: 'order', priority: 'routine' });
      expect(task).toMatchObject({ reasonCode: { text: 'Action' }, description: 'Complete document' });
      expect(task.authoredOn).toBe('2026-03-05T10:00:00Z');
    }
  });

  it('by a patch does the same', async () => {
    await running.call('PATCH', 'Encounter/e1', [
      { op: 'replace', path: '/status', value: 'finished' },
      { op: 'add', path: '/period/end', value: ended.period.end },
    ]);
    expect(await running.ehr.search('Task?focus=DocumentReference/d1')).toHaveLength(2);
  });

  it('shows the list to a search in the same transaction', async () => {
    const reply = await running.transact(put(encounter('e1', 'p1', ended)), get('Task?focus=DocumentReference/d1'));
    expect(reply.body.entry?.[1]?.resource).toMatchObject({ total: 2 });
  });

  it('is refused without an end, and changes nothing', async () => {
    const reply = await running.call('PUT', 'Encounter/e1', encounter('e1', 'p1', { status: 'finished' }));
    expect(reply.status).toBe(422);
    expect(await running.ehr.read('Encounter', 'e1')).toMatchObject({ status: 'in-progress' });
  });

  it.each([
    ['is not routed when it is void', encounter('e1', 'p1', { ...ended, status: 'entered-in-error' })],
    ['of another type is not routed', encounter('e1', 'p1', { ...ended, type: [{ text: 'Visit' }] })],
  ])('%s', async (_, after) => {
    await running.call('PUT', 'Encounter/e1', after);
    expect(await running.ehr.search('Task?focus=DocumentReference/d1')).toEqual([]);
  });

  it('routes nothing while a practice is loaded', async () => {
    await running.ehr.load([collection(encounter('e1', 'p1', ended))]);
    expect(await running.ehr.search('Task')).toEqual([]);
  });
});

describe('P11: signing', () => {
  it("supersedes the patient's other signed PIN documents, and no more than these", async () => {
    await running.transact(bothNo(), put(signed(), '1'));

    expect(await statusOf('old')).toBe('superseded');
    const untouched = await Promise.all(['d1', 'else', 'letter', 'draft'].map(statusOf));
    expect(untouched).toEqual(['current', 'current', 'current', 'current']);
  });

  it('applies the form (P6, P7)', async () => {
    await running.transact(bothNo(), put(signed()));

    const applied = await running.ehr.read<QuestionnaireResponse>('QuestionnaireResponse', 'q1');
    expect(applied?.status).toBe('completed');
    expect(applied?.item).toContainEqual({ linkId: 'activation-status', answer: [{ valueString: 'Active' }] });
    expect(applied?.item).toContainEqual({ linkId: 'pin', answer: [{ valueString: 'B122900125' }] });
  });

  it('leaves a form alone that the signer applied', async () => {
    const done = form('q1', 'p1', 'e1', {
      status: 'completed',
      item: [{ linkId: 'activation-status', answer: [{ valueString: 'Active' }] }],
    });
    await running.transact(bothNo(), put(done), put(signed()));
    expect(await running.ehr.read('QuestionnaireResponse', 'q1')).toMatchObject({ meta: { versionId: '2' } });
  });

  it('completes draft prescriptions unless told not to', async () => {
    await running.transact(post(provenance({ provider: false })), put(signed()));
    expect([await prescription('rx-draft'), await prescription('rx-active')]).toEqual(['completed', 'active']);
  });

  it('leaves them when told not to', async () => {
    await running.transact(bothNo(), put(signed()));
    expect(await prescription('rx-draft')).toBe('draft');
  });

  it('does nothing of this for a draft, a void document or a second update', async () => {
    await running.transact(bothNo(), put(signed()));
    await running.ehr.load([collection(document('old2', 'p1', { docStatus: 'final' }))]);
    await running.transact(put(signed({ description: 'again' })));
    await running.transact(put(document('draft', 'p1', { docStatus: 'final', status: 'entered-in-error' })));
    expect(await statusOf('old2')).toBe('current');
    expect(await practitioners()).toEqual(OLD_GP);
  });
});

describe('P12: the prompt', () => {
  it('answered No leaves the responsible providers', async () => {
    await running.transact(bothNo(), put(signed()));
    expect(await practitioners()).toEqual(OLD_GP);
    expect((await chartDocument('d1'))?.author).toEqual([{ reference: 'Practitioner/pcp' }]);
  });

  it.each([
    ['the signer', signed({ authenticator: { reference: 'Practitioner/nurse' } }), {}, 'Practitioner/nurse'],
    [
      'the provider a device signs for',
      signed({ authenticator: { reference: 'Device/portal-pin' } }),
      { onBehalfOf: { reference: 'Practitioner/boss' } },
      'Practitioner/boss',
    ],
    ["a clinician of the EHR's", signed(), {}, 'Practitioner/ehr-signer'],
  ])('unanswered makes %s responsible', async (_, document, agent, expected) => {
    await running.transact(post(provenance({ changes: false }, agent)), put(document));
    expect(await practitioners()).toEqual([{ reference: expected }]);
    expect((await chartDocument('d1'))?.author).toEqual([{ reference: expected }]);
  });

  it('answered in another transaction counts as unanswered', async () => {
    await running.transact(bothNo());
    await running.transact(put(signed()));
    expect(await practitioners()).not.toEqual(OLD_GP);
  });

  it('can be told to ignore the next answer, once', async () => {
    running.ehr.fail({ fault: { kind: 'noAnswerToP12' } });
    await running.transact(bothNo(), put(signed()));
    expect(await practitioners()).toEqual([{ reference: 'Practitioner/ehr-signer' }]);

    await running.ehr.load([collection(patient('p2', { generalPractitioner: OLD_GP }))]);
    await running.ehr.staff.signPinByHand('p2', { pin: 'C123456789' });
    expect(await running.ehr.read('Patient', 'p2')).toMatchObject({ generalPractitioner: OLD_GP });
  });
});

describe('staff', () => {
  it('sign a PIN by hand, which supersedes ours', async () => {
    await running.transact(bothNo(), put(signed({ identifier: [{ system: 'urn:ours', value: 'c' }] })));
    const at = Date.parse('2026-03-02T08:00:00Z');
    const { documentId, formId } = await running.ehr.staff.signPinByHand('p1', { pin: 'Z987654321', at });

    expect(await statusOf('d1')).toBe('superseded');
    const byHand = await chartDocument(documentId);
    expect(byHand).toMatchObject({ status: 'current', docStatus: 'final', date: '2026-03-02T08:00:00Z' });
    expect(byHand).not.toHaveProperty('identifier');
    const made = await running.ehr.read<QuestionnaireResponse>('QuestionnaireResponse', formId);
    expect(made).toMatchObject({ status: 'completed' });
    expect(made?.item).toContainEqual({ linkId: 'expires-on', answer: [{ valueDateTime: '2026-04-01T08:00:00Z' }] });
    expect(await practitioners()).toEqual(OLD_GP);
    expect(await prescription('rx-draft')).toBe('draft');
  });

  it('sign a draft without answering the prompts', async () => {
    await running.ehr.staff.signDraft('d1', { answerNo: false });
    expect(await practitioners()).toEqual([{ reference: 'Practitioner/ehr-signer' }]);
    expect(await prescription('rx-draft')).toBe('completed');
  });

  it('put a name into Route to', async () => {
    const id = await running.ehr.staff.routeTo('d1', { reference: 'Practitioner/late' });
    expect(await running.ehr.search('Task?focus=DocumentReference/d1&status=requested')).toMatchObject([{ id }]);
  });
});
