/** What the Ehr contract says of handing over a PIN (P14). */
import { describe, expect, it } from 'vitest';
import { EhrRejectedError, PatientNotFoundError } from '../../functions/domain/errors.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import { OLD_PIN, type Part, PIN } from './chart-under-test.ts';

export const describePickup: Part = (chart, { readyToSign, signed }) => {
  describe('readPickupFacts (P14)', () => {
    it('says what an answer is compared with, and leads to the PIN', async () => {
      const { patientId, draft, birthDate, familyName } = await signed();
      const facts = await chart().pickup.readPickupFacts(patientId, draft.document);
      expect(facts).toEqual({
        standing: 'ELIGIBLE',
        birthDate,
        familyNames: [familyName],
        language: null,
        isCurrent: true,
        encounter: draft.encounter,
      });
      expect(await chart().pickup.readPin(patientId, draft.encounter)).toBe(PIN);
    });
    it('tells a document that was replaced', async () => {
      const { patientId, draft } = await signed();
      await chart().signByHand(patientId, OLD_PIN, chart().now());
      expect(await chart().pickup.readPickupFacts(patientId, draft.document)).toMatchObject({ isCurrent: false });
    });
    it('takes neither a draft nor what is not there for a living PIN', async () => {
      const { patientId, draft } = await readyToSign();
      expect(await chart().pickup.readPickupFacts(patientId, draft.document)).toMatchObject({ isCurrent: false });
      const none = { isCurrent: false, encounter: null };
      expect(await chart().pickup.readPickupFacts(patientId, 'nothing')).toMatchObject(none);
    });
    it('refuses a document of another patient', async () => {
      const { draft } = await signed();
      const { patientId } = await chart().newPatient();
      await expect(chart().pickup.readPickupFacts(patientId, draft.document)).rejects.toThrow(EhrRejectedError);
    });
    it('throws PatientNotFoundError for one it does not know, or no longer', async () => {
      const { patientId, draft } = await signed();
      await expect(chart().pickup.readPickupFacts('unknown-1', 'nothing')).rejects.toThrow(PatientNotFoundError);
      await chart().deletePatient(patientId);
      await expect(chart().pickup.readPickupFacts(patientId, draft.document)).rejects.toThrow(PatientNotFoundError);
    });
  });

  describe('openStaffTask', () => {
    it('opens the front desk’s Task, once', async () => {
      const { patientId } = await chart().newPatient();
      const order = { patientId, code: 'notify-patient', reason: 'PICKUP_LOCKED' } as const;
      await chart().pickup.openStaffTask(order);
      await chart().pickup.openStaffTask(order);
      expect(await chart().openStaffTasks(patientId)).toEqual(['notify-patient PICKUP_LOCKED']);
    });
  });

  describe('audit (P14)', () => {
    it('records that the patient saw the PIN, and a failed attempt', async () => {
      const { patientId, draft } = await signed();
      const { document } = draft;
      await chart().pickup.audit({ patientId, document, what: 'VIEWED', at: toInstant(chart().now()) });
      await chart().pickup.audit({ patientId, document, what: 'LOCKED', at: toInstant(chart().now()) });
      expect(await chart().auditTrail(patientId)).toEqual([
        { what: 'pin-viewed', document, byPatient: true },
        { what: 'pickup-locked', document, byPatient: false },
      ]);
    });
  });
};
