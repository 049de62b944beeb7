/** What the Ehr contract says of signing (P8, P10–P12). */
import { describe, expect, it } from 'vitest';
import { EhrConflictError } from '../../functions/domain/errors.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { DraftIds } from '../../functions/ports/ehr/ehr.ts';
import { OLD_PIN, type Part, PIN } from './chart-under-test.ts';

export const describeSigning: Part = (chart, { expired, readyToSign, signed }) => {
  describe('reviewDraft', () => {
    it('sees the draft intact, its PIN, and the PIN it replaces', async () => {
      const { patientId, cycle, draft } = await readyToSign();
      const review = await chart().ehr.reviewDraft(patientId, draft);
      expect(review).toMatchObject({ draftIntact: true, standing: 'ELIGIBLE', pin: PIN, routing: { open: 0 } });
      expect(review.documents.map((each) => each.id).toSorted()).toEqual([cycle, draft.document].toSorted());
    });
    it('sees that the update was never ended', async () => {
      const { patientId, order } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      expect((await chart().ehr.reviewDraft(patientId, draft)).draftIntact).toBe(false);
      await chart().ehr.endUpdate(draft, chart().now());
      expect((await chart().ehr.reviewDraft(patientId, draft)).draftIntact).toBe(true);
    });
    it('sees that it is gone, discarded, signed, or of another patient', async () => {
      const { patientId, draft, identifier } = await readyToSign();
      const intact = async (patient: string, ids: DraftIds) =>
        (await chart().ehr.reviewDraft(patient, ids)).draftIntact;
      expect(await intact(patientId, { document: 'never', form: 'never', encounter: 'never' })).toBe(false);
      expect(await intact((await chart().newPatient()).patientId, draft)).toBe(false);
      await chart().ehr.discardDrafts([identifier]);
      expect(await intact(patientId, draft)).toBe(false);
      const other = await signed();
      expect(await intact(other.patientId, other.draft)).toBe(false);
    });
  });

  describe('sign and readSigned (P8, P10–P12)', () => {
    it('signs, and all that must hold holds', async () => {
      const { patientId, cycle, identifier, draft, provider, location, order } = await readyToSign();
      const before = await chart().ehr.readUpdateFacts(patientId, cycle, identifier, chart().now());
      const { asRead } = await chart().ehr.reviewDraft(patientId, draft);
      await chart().ehr.sign({ patientId, draft, cycle, asRead, now: chart().now() });
      const reading = await chart().ehr.readSigned(patientId, draft.document, identifier);
      const { generalPractitioner, careTeam, draftOrders } = before;
      expect(reading).toMatchObject({
        signed: true,
        formCompleted: true,
        pinPresent: true,
        pin: PIN,
        openRouting: 0,
        otherLive: 0,
        declinedResponsibility: true,
        date: toInstant(chart().now()),
        generalPractitioner,
        careTeam,
        draftOrders,
        location: order.location?.replace('Organization/', '') ?? null,
      });
      // The old PIN is dead, and the new one is found by an ordinary search.
      expect(await chart().ehr.readPinDocuments(patientId)).toMatchObject([{ id: draft.document, signed: true }]);
      expect(await chart().ehr.readPin(order.patientId, draft.encounter)).toBe(PIN);
      expect([provider, location]).toEqual([order.provider, order.location]);
    });
    it('shows an unsigned draft as unsigned, and the old PIN as alive', async () => {
      const { patientId, identifier, draft } = await readyToSign();
      const reading = await chart().ehr.readSigned(patientId, draft.document, identifier);
      expect(reading).toMatchObject({ signed: false, formCompleted: false, otherLive: 1, date: null });
      expect(reading.declinedResponsibility).toBe(false);
    });
    it('sees names that were routed after the signing', async () => {
      const { patientId, identifier, draft } = await signed();
      await chart().routeTo(draft.document);
      expect((await chart().ehr.readSigned(patientId, draft.document, identifier)).openRouting).toBe(1);
    });
    it('throws EhrConflictError where the draft was changed since it was read; nothing is signed', async () => {
      const { patientId, cycle, draft, identifier } = await readyToSign();
      const { asRead } = await chart().ehr.reviewDraft(patientId, draft);
      await chart().touch(draft.document);
      const signing = chart().ehr.sign({ patientId, draft, cycle, asRead, now: chart().now() });
      await expect(signing).rejects.toThrow(EhrConflictError);
      const reading = await chart().ehr.readSigned(patientId, draft.document, identifier);
      expect(reading).toMatchObject({ signed: false, formCompleted: false, otherLive: 1 });
    });
    it('signs once: a second try with the same reading is a conflict', async () => {
      const { patientId, cycle, draft } = await readyToSign();
      const { asRead } = await chart().ehr.reviewDraft(patientId, draft);
      const sign = () => chart().ehr.sign({ patientId, draft, cycle, asRead, now: chart().now() });
      await sign();
      await expect(sign()).rejects.toThrow(EhrConflictError);
    });
    it('throws EhrConflictError where a PIN was signed by hand since', async () => {
      const { patientId, cycle, draft } = await readyToSign();
      const { asRead } = await chart().ehr.reviewDraft(patientId, draft);
      const { document } = await chart().signByHand(patientId, OLD_PIN, chart().now());
      const signing = chart().ehr.sign({ patientId, draft, cycle, asRead, now: chart().now() });
      await expect(signing).rejects.toThrow(EhrConflictError);
      const alive = (await chart().ehr.readPinDocuments(patientId)).filter((each) => each.signed);
      expect(alive.map((each) => each.id)).toEqual([document]);
    });
  });
};
