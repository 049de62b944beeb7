/** All signed PIN documents of a practice, page by page: a search over all patients, resumed by the server's own links. */
import { EhrRejectedError } from '../../domain/errors.ts';
import type { SignedPinsPage } from '../../ports/ehr/ehr.ts';
import type { FhirClient } from './client/client.ts';
import { idIn } from './client/reference.ts';
import type { Search } from './client/search.ts';
import { DOCUMENT_TYPE } from './codes.ts';
import { documentsIn } from './read/pin-document.ts';

/**
 * Fifty to a page: what is asked about each of its patients takes seconds, and a page that is read again costs little. A
 * server may give fewer. No order is asked for, since few servers know one that holds while documents change.
 */
const SIGNED_PINS: Search = {
  type: 'DocumentReference',
  where: { type: DOCUMENT_TYPE, status: ['current'] },
  count: 50,
};

/** Longer links than any server takes in a request line; an item of the table holds it with ease. */
const LONGEST_BOOKMARK = 16_384;

/** How servers say that a page's link has run out: 400, 404, 410 or 422. */
const FORGOTTEN = /^HTTP_(400|404|410|422)(_|$)/;

export async function listSignedPins(fhir: FhirClient, bookmark: string | null): Promise<SignedPinsPage | null> {
  const page = await pageAt(fhir, bookmark);
  if (page === null) return null;
  const signed = documentsIn(page.resources, fhir.base).filter(({ pin }) => pin.signed);
  const patients = signed.flatMap(({ subject }) => idIn(subject, 'Patient') ?? []);
  if ((page.next?.length ?? 0) > LONGEST_BOOKMARK) throw new EhrRejectedError('PAGE_LINK_TOO_LONG');
  return {
    documents: signed.length,
    patientIds: [...new Set(patients)],
    withoutPatient: signed.length - patients.length,
    next: page.next,
  };
}

async function pageAt(fhir: FhirClient, bookmark: string | null) {
  if (bookmark === null) {
    const first = await fhir.page(SIGNED_PINS, null);
    if (first === null) throw new EhrRejectedError('HTTP_404');
    return first;
  }
  try {
    return await fhir.page(SIGNED_PINS, bookmark);
  } catch (error) {
    if (error instanceof EhrRejectedError && FORGOTTEN.test(error.code)) return null;
    throw error;
  }
}
