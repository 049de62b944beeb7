/** What the Ehr contract says of an update: opened, ended, unrouted, discarded (P3–P10). */
import { describe, expect, it } from 'vitest';
import { DraftGoneError, EhrConflictError } from '../../functions/domain/errors.ts';
import { type Part, PIN } from './chart-under-test.ts';

export const describeUpdating: Part = (chart, { expired, signed }) => {
  describe('openUpdate (P3–P8)', () => {
    it('is one, however often it is retried, and keeps the PIN of the first', async () => {
      const { patientId, order, identifier } = await expired();
      const first = await chart().ehr.openUpdate(order);
      expect(await chart().ehr.openUpdate({ ...order, pin: 'Z000000000' })).toEqual(first);
      expect(await chart().updatesOf(identifier)).toBe(1);
      expect((await chart().ehr.reviewDraft(patientId, first)).pin).toBe(PIN);
    });
    it('is one, also when two open it at once', async () => {
      const { order, identifier } = await expired();
      const tries = await Promise.allSettled([chart().ehr.openUpdate(order), chart().ehr.openUpdate(order)]);
      const opened = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(new Set(opened.map((each) => each.document)).size).toBe(1);
      expect(await chart().updatesOf(identifier)).toBe(1);
    });
    it('is another one after the first was discarded', async () => {
      const { order, identifier } = await expired();
      const first = await chart().ehr.openUpdate(order);
      await chart().ehr.discardDrafts([identifier]);
      const second = await chart().ehr.openUpdate(order);
      expect([second.document, second.form, second.encounter]).not.toEqual(
        expect.arrayContaining([first.document, first.form, first.encounter]),
      );
      expect(await chart().updatesOf(identifier)).toBe(1);
    });
    it('takes nothing into effect: the old PIN lives on', async () => {
      const { patientId, cycle, order } = await expired();
      await chart().ehr.openUpdate(order);
      const documents = await chart().ehr.readPinDocuments(patientId);
      expect(documents.filter((each) => each.signed).map((each) => each.id)).toEqual([cycle]);
    });
  });

  describe('endUpdate (P9)', () => {
    it('routes the document, once, however often it is repeated', async () => {
      const { order } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      expect((await chart().ehr.readRouting(draft.document)).open).toBe(0);
      await chart().ehr.endUpdate(draft, chart().now());
      const { open } = await chart().ehr.readRouting(draft.document);
      expect(open).toBeGreaterThan(0);
      await chart().ehr.endUpdate(draft, chart().now());
      expect((await chart().ehr.readRouting(draft.document)).open).toBe(open);
    });
    it('throws DraftGoneError where it was discarded or never was', async () => {
      const { order, identifier } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      await chart().ehr.discardDrafts([identifier]);
      await expect(chart().ehr.endUpdate(draft, chart().now())).rejects.toThrow(DraftGoneError);
      const never = { document: 'never', form: 'never', encounter: 'never' };
      await expect(chart().ehr.endUpdate(never, chart().now())).rejects.toThrow(DraftGoneError);
    });
  });

  describe('cancelRouting (P10)', () => {
    it('removes every name, and answers with what is left', async () => {
      const { order } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      await chart().ehr.endUpdate(draft, chart().now());
      await chart().routeTo(draft.document);
      const routing = await chart().ehr.readRouting(draft.document);
      expect((await chart().ehr.cancelRouting(draft.document, routing)).open).toBe(0);
      expect((await chart().ehr.readRouting(draft.document)).open).toBe(0);
    });
    it('says so when a name was added since it was read', async () => {
      const { order } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      await chart().ehr.endUpdate(draft, chart().now());
      const routing = await chart().ehr.readRouting(draft.document);
      await chart().routeTo(draft.document);
      expect((await chart().ehr.cancelRouting(draft.document, routing)).open).toBe(1);
    });
    it('throws EhrConflictError where a name was removed since, and changes nothing', async () => {
      const { order } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      await chart().ehr.endUpdate(draft, chart().now());
      const stale = await chart().ehr.readRouting(draft.document);
      await chart().ehr.cancelRouting(draft.document, stale);
      await expect(chart().ehr.cancelRouting(draft.document, stale)).rejects.toThrow(EhrConflictError);
    });
    it("leaves another document's names alone", async () => {
      const [one, other] = [await expired(), await expired()];
      const drafts = [await chart().ehr.openUpdate(one.order), await chart().ehr.openUpdate(other.order)] as const;
      await chart().ehr.endUpdate(drafts[0], chart().now());
      await chart().ehr.endUpdate(drafts[1], chart().now());
      const { open } = await chart().ehr.readRouting(drafts[1].document);
      await chart().ehr.cancelRouting(drafts[0].document, await chart().ehr.readRouting(drafts[0].document));
      expect((await chart().ehr.readRouting(drafts[1].document)).open).toBe(open);
    });
  });

  describe('discardDrafts (P7)', () => {
    it('discards document, form and update, takes the names off, and may be repeated', async () => {
      const { order, identifier } = await expired();
      const draft = await chart().ehr.openUpdate(order);
      await chart().ehr.endUpdate(draft, chart().now());
      await chart().ehr.discardDrafts([identifier]);
      expect(await chart().isDiscarded(draft)).toBe(true);
      expect((await chart().ehr.readRouting(draft.document)).open).toBe(0);
      await expect(chart().ehr.discardDrafts([identifier])).resolves.toBeUndefined();
    });
    it('leaves alone what was signed after all', async () => {
      const { patientId, identifier, draft } = await signed();
      await chart().ehr.discardDrafts([identifier]);
      const reading = await chart().ehr.readSigned(patientId, draft.document, identifier);
      expect(reading).toMatchObject({ signed: true, formCompleted: true, pin: PIN });
    });
    it("leaves alone staff's drafts and those of others", async () => {
      const [mine, other] = [await expired(), await expired()];
      await chart().ehr.openUpdate(mine.order);
      const others = await chart().ehr.openUpdate(other.order);
      const byHand = await chart().draftByHand(mine.patientId);
      await chart().ehr.discardDrafts([mine.identifier]);
      const left = await chart().ehr.readPinDocuments(mine.patientId);
      expect(left.filter((each) => !each.signed).map((each) => each.id)).toEqual([byHand]);
      expect(await chart().isDiscarded(others)).toBe(false);
    });
    it('discards several at once, and none for none', async () => {
      const [one, other] = [await expired(), await expired()];
      const drafts = [await chart().ehr.openUpdate(one.order), await chart().ehr.openUpdate(other.order)] as const;
      await chart().ehr.discardDrafts([]);
      expect(await chart().isDiscarded(drafts[0])).toBe(false);
      await chart().ehr.discardDrafts([one.identifier, other.identifier, 'never']);
      expect([await chart().isDiscarded(drafts[0]), await chart().isDiscarded(drafts[1])]).toEqual([true, true]);
    });
  });
};
