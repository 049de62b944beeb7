/** All signed PIN documents of a practice, page by page: a search over all patients, resumed by the server's own links. */
import type { DocumentReference } from 'fhir/r4';
import { EhrRejectedError } from '../../domain/errors.ts';
import type { SignedPinsPage } from '../../ports/ehr/ehr.ts';
import type { FhirClient } from './client.ts';
import { DOCUMENT_TYPE } from './codes.ts';
import { askedFor, idOf, ofType, pathOf, toPinDocument } from './read.ts';

/**
 * Fifty to a page: what is asked about each of its patients takes seconds, and a page that is read again costs little. A
 * server may give fewer. No order is asked for, since few servers know one that holds while documents change.
 */
const FIRST_PAGE = `DocumentReference?type=${DOCUMENT_TYPE.system}|${DOCUMENT_TYPE.code}&status=current&_count=50`;

/** Longer links than any server takes in a request line; an item of the table holds it with ease. */
const LONGEST_BOOKMARK = 16_384;

/** How servers say that a page's link has run out: 400, 404, 410 or 422. */
const FORGOTTEN = /^HTTP_(400|404|410|422)(_|$)/;

export async function listSignedPins(fhir: FhirClient, bookmark: string | null): Promise<SignedPinsPage | null> {
  const page = await pageAt(fhir, bookmark);
  if (page === null) return null;
  const documents = askedFor(ofType(page.resources, 'DocumentReference'), isCurrentPinDocument);
  const signed = documents.filter((each) => toPinDocument(each).signed);
  const patients = signed.map(({ subject }) => pathOf(subject)).filter((path) => path?.startsWith('Patient/'));
  if ((page.next?.length ?? 0) > LONGEST_BOOKMARK) throw new EhrRejectedError('PAGE_LINK_TOO_LONG');
  return {
    documents: signed.length,
    patientIds: [...new Set(patients)].map((path) => idOf(path ?? '')),
    withoutPatient: signed.length - patients.length,
    next: page.next,
  };
}

async function pageAt(fhir: FhirClient, bookmark: string | null) {
  if (bookmark === null) {
    const first = await fhir.page(FIRST_PAGE);
    if (first === null) throw new EhrRejectedError('HTTP_404');
    return first;
  }
  try {
    return await fhir.page(bookmark);
  } catch (error) {
    if (error instanceof EhrRejectedError && FORGOTTEN.test(error.code)) return null;
    throw error;
  }
}

/** A server that ignores what it does not know would give us every document of the practice. */
function isCurrentPinDocument({ status, type }: DocumentReference): boolean {
  const isPinType = type?.coding?.some(
    ({ system, code }) => system === DOCUMENT_TYPE.system && code === DOCUMENT_TYPE.code,
  );
  return status === 'current' && isPinType === true;
}
