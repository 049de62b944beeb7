/** What the Ehr contract says of reading, and of what people see (P1, P2, P4, P5, P14). */
import { describe, expect, it } from 'vitest';
import { PatientNotFoundError } from '../../functions/domain/errors.ts';
import { cycleIdentifier } from '../../functions/domain/identity.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import { OLD_PIN, type Part, PIN } from './chart-under-test.ts';

export const describeReading: Part = (chart, { expired, signed }) => {
  describe('readPatient (P1)', () => {
    it('says what the chart says', async () => {
      const { patientId, address } = await chart().newPatient();
      expect(await chart().ehr.readPatient(patientId)).toMatchObject({
        id: patientId,
        replaced: false,
        deceased: false,
        active: true,
        emails: [{ value: address, undeliverable: false }],
      });
    });
    it('throws PatientNotFoundError for one it never knew', async () => {
      await expect(chart().ehr.readPatient('unknown-1')).rejects.toThrow(PatientNotFoundError);
    });
    it('throws PatientNotFoundError for one that is gone', async () => {
      const { patientId } = await chart().newPatient();
      await chart().deletePatient(patientId);
      await expect(chart().ehr.readPatient(patientId)).rejects.toThrow(PatientNotFoundError);
    });
  });

  describe('readPinDocuments, readPin, countOurSigned (P2)', () => {
    it('finds none of a patient without a PIN', async () => {
      const { patientId } = await chart().newPatient();
      expect(await chart().ehr.readPinDocuments(patientId)).toEqual([]);
    });
    it('finds what staff signed, and the PIN in it', async () => {
      const { patientId, location: office } = await chart().newPatient();
      const location = office.replace('Organization/', '');
      const at = chart().now() - 1_000;
      const { document, encounter } = await chart().signByHand(patientId, OLD_PIN, at);
      expect(await chart().ehr.readPinDocuments(patientId)).toEqual([
        { id: document, signed: true, date: toInstant(at), cycleIdentifier: null, encounter, location },
      ]);
      expect(await chart().ehr.readPin(patientId, encounter)).toBe(OLD_PIN);
      // An update that names another patient's encounter does not show that patient's PIN.
      expect(await chart().ehr.readPin((await chart().newPatient()).patientId, encounter)).toBeNull();
      expect(await chart().ehr.countOurSigned(patientId)).toBe(0);
    });
    it('leaves out what was superseded, and the charts of others', async () => {
      const { patientId } = await chart().newPatient();
      await chart().signByHand(patientId, OLD_PIN, chart().now() - 2_000);
      const { document } = await chart().signByHand(patientId, PIN, chart().now() - 1_000);
      await chart().signByHand((await chart().newPatient()).patientId, OLD_PIN, chart().now());
      expect((await chart().ehr.readPinDocuments(patientId)).map((each) => each.id)).toEqual([document]);
    });
    it('tells a draft of ours from a signed document, and shows no PIN of it', async () => {
      const { patientId, order, identifier } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      const found = (await chart().ehr.readPinDocuments(patientId)).find((each) => each.id === draft.document);
      expect(found).toMatchObject({ signed: false, cycleIdentifier: identifier, encounter: draft.encounter });
      expect(await chart().ehr.readPin(patientId, draft.encounter)).toBeNull();
      expect(await chart().ehr.countOurSigned(patientId)).toBe(0);
    });
    it('reads page after page: 230 documents, each once', async () => {
      const { patientId } = await chart().newPatient();
      await chart().importSigned(patientId, 230);
      const ids = (await chart().ehr.readPinDocuments(patientId)).map((each) => each.id);
      expect(new Set(ids).size).toBe(230);
      expect(ids).toHaveLength(230);
    });
    it('counts ours, current and superseded', async () => {
      const { patientId } = await signed();
      expect(await chart().ehr.countOurSigned(patientId)).toBe(1);
      await chart().signByHand(patientId, OLD_PIN, chart().now());
      expect(await chart().ehr.countOurSigned(patientId)).toBe(1);
    });
  });

  describe('readUpdateFacts (P4, P5)', () => {
    it('names location, PCP and what is compared later', async () => {
      const { patientId, cycle, identifier, provider, location } = await expired();
      const facts = await chart().ehr.readUpdateFacts(patientId, cycle, identifier, chart().now());
      expect(facts).toMatchObject({
        location,
        visit: null,
        primaryCare: [{ reference: provider, active: true }],
        draft: null,
      });
      expect(facts.draftOrders).toHaveLength(1);
      expect(facts.generalPractitioner).not.toContain(provider);
    });
    it('finds the draft of this very cycle that an earlier try left', async () => {
      const { patientId, cycle, identifier, provider, location, order } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      const facts = (other: string) => chart().ehr.readUpdateFacts(patientId, cycle, other, chart().now());
      expect((await facts(identifier)).draft).toEqual({ ...draft, provider, location });
      expect((await facts(cycleIdentifier(patientId, 'another'))).draft).toBeNull();
    });
    it('throws PatientNotFoundError for a patient it does not know', async () => {
      await expect(chart().ehr.readUpdateFacts('unknown-1', 'd', 'c', chart().now())).rejects.toThrow(
        PatientNotFoundError,
      );
    });
  });

  describe('what people see', () => {
    it('files a message once per id of the mail service (P14)', async () => {
      const { patientId, draft } = await signed();
      const file = (sesId: string) =>
        chart().ehr.fileMessage({ patientId, document: draft.document, sesId, sentAt: toInstant(chart().now()) });
      await file(`${patientId}-1`);
      await file(`${patientId}-1`);
      await file(`${patientId}-2`);
      expect((await chart().filedMessages(patientId)).toSorted()).toEqual([`${patientId}-1`, `${patientId}-2`]);
    });
    it('opens one Task for staff per patient, code and reason, and closes it', async () => {
      const { patientId } = await chart().newPatient();
      const order = { patientId, code: 'enter-email', reason: 'NONE' } as const;
      await chart().ehr.closeStaffTask(order);
      await chart().ehr.openStaffTask(order);
      await chart().ehr.openStaffTask(order);
      await chart().ehr.openStaffTask({ ...order, reason: 'INVALID' });
      expect(await chart().openStaffTasks(patientId)).toEqual(['enter-email INVALID', 'enter-email NONE']);
      await chart().ehr.closeStaffTask(order);
      await chart().ehr.closeStaffTask(order);
      expect(await chart().openStaffTasks(patientId)).toEqual(['enter-email INVALID']);
      await chart().ehr.openStaffTask(order);
      expect(await chart().openStaffTasks(patientId)).toEqual(['enter-email INVALID', 'enter-email NONE']);
    });
    it('knows its Task again in whatever state the front desk has it', async () => {
      const { patientId } = await chart().newPatient();
      const order = { patientId, code: 'enter-email', reason: 'NONE' } as const;
      await chart().ehr.openStaffTask(order);
      await chart().makeReady(patientId);
      await chart().ehr.openStaffTask(order);
      expect(await chart().openStaffTasks(patientId)).toEqual(['enter-email NONE']);
      await chart().ehr.closeStaffTask(order);
      expect(await chart().openStaffTasks(patientId)).toEqual([]);
    });
  });
};
