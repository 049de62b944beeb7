/** What the Ehr contract says of the list of all signed PIN documents, by which a practice is first connected. */
import { describe, expect, it } from 'vitest';
import type { SignedPinsPage } from '../../functions/ports/ehr/ehr.ts';
import { type ChartUnderTest, OLD_PIN, type Part, PIN } from './chart-under-test.ts';

/** Far beyond the pages of any chart that this suite fills. */
const MANY_PAGES = 100;

async function pagesOf(chart: ChartUnderTest, bookmark: string | null = null): Promise<SignedPinsPage[]> {
  const pages: SignedPinsPage[] = [];
  let next = bookmark;
  do {
    const page = await chart.ehr.listSignedPins(next);
    if (page === null) throw new Error('the EHR does not know a bookmark that it has just given');
    pages.push(page);
    next = page.next;
  } while (next !== null && pages.length < MANY_PAGES);
  return pages;
}
const patientsOn = (pages: SignedPinsPage[]) => new Set(pages.flatMap(({ patientIds }) => patientIds));

export const describeListing: Part = (chart, { expired }) => {
  describe('listSignedPins (P2)', () => {
    it('finds every patient with a signed PIN, by hand or by us, dated or not, and no others', async () => {
      const byHand = await chart().newPatient();
      await chart().signByHand(byHand.patientId, OLD_PIN, chart().now() - 1_000);
      const replaced = await chart().newPatient();
      await chart().signByHand(replaced.patientId, OLD_PIN, chart().now() - 2_000);
      await chart().signByHand(replaced.patientId, PIN, chart().now() - 1_000);
      const withoutPin = await chart().newPatient();
      const withDraft = await chart().newPatient();
      await chart().draftByHand(withDraft.patientId);
      const found = patientsOn(await pagesOf(chart()));
      for (const { patientId } of [byHand, replaced]) expect(found).toContain(patientId);
      for (const { patientId } of [withoutPin, withDraft]) expect(found).not.toContain(patientId);
    });
    it('tells a patient of several documents on a page once, and counts the documents', async () => {
      const { patientId } = await chart().newPatient();
      await chart().importSigned(patientId, 230);
      const pages = await pagesOf(chart());
      for (const { patientIds } of pages) expect(patientIds).toHaveLength(new Set(patientIds).size);
      const documents = pages.reduce((sum, page) => sum + page.documents, 0);
      expect(documents).toBeGreaterThanOrEqual(230);
      expect(pages.length).toBeGreaterThan(1);
      expect(patientsOn(pages)).toContain(patientId);
    });
    it('goes on from a bookmark, which it may be asked for again', async () => {
      const pages = await pagesOf(chart());
      const { next = null } = pages[0] ?? {};
      const rest = pages.slice(1).map(({ patientIds }) => patientIds.toSorted());
      for (const _time of [1, 2]) {
        expect((await pagesOf(chart(), next)).map(({ patientIds }) => patientIds.toSorted())).toEqual(rest);
      }
    });
    it('loses no patient while documents are signed and replaced between its pages', async () => {
      const { next = null } = (await pagesOf(chart()))[0] ?? {};
      const before = patientsOn(await pagesOf(chart(), next));
      const { patientId, order } = await expired();
      await chart().ehr.openUpdate(order);
      const late = await chart().newPatient();
      await chart().signByHand(late.patientId, PIN, chart().now());
      await chart().signByHand(patientId, PIN, chart().now());
      const after = patientsOn(await pagesOf(chart(), next));
      for (const each of before) expect(after).toContain(each);
    });
    it('answers null for a bookmark that it does not know, or no longer', async () => {
      expect(await chart().ehr.listSignedPins(chart().forgottenBookmark())).toBeNull();
    });
  });
};
