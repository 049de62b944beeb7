/** Opens a chart update (P3–P8). docs/fhir.md holds the mapping. */
import type { DocumentReference, Encounter, QuestionnaireResponse } from 'fhir/r4';
import { EhrConflictError, EhrRejectedError, EhrUnavailableError } from '../../../domain/errors.ts';
import { toInstant } from '../../../domain/time/instant.ts';
import type { DraftIds, UpdateOrder } from '../../../ports/ehr/ehr.ts';
import type { AnsweredEntry } from '../client/bundle.ts';
import { assertMatched, type FhirClient, newUrn } from '../client/client.ts';
import { isId } from '../client/resource.ts';
import {
  ACTIVATION,
  CONFIDENTIALITY_NORMAL,
  CYCLE_IDENTIFIER,
  DOCUMENT_CATEGORY,
  DOCUMENT_SUMMARY,
  DOCUMENT_TYPE,
  ENCOUNTER_CLASS_VIRTUAL,
  ENCOUNTER_TYPE,
  PIN_GENERATOR_FORM,
} from '../codes.ts';
import { discardDrafts } from './discard.ts';
import { formItems } from './form-items.ts';
import { ofCycles } from './queries.ts';

/**
 * P3–P8: one transaction; each part only where the chart has none of this cycle yet. Where a race left several of one part,
 * their drafts are discarded and EhrConflictError (retried) is thrown: the next try opens one. EhrRejectedError
 * CONDITIONAL_CREATE_MATCHED_ANOTHER (not retried) where the server took what is not ours for a match.
 */
export async function openUpdate(fhir: FhirClient, order: UpdateOrder): Promise<DraftIds> {
  const { encounter, document, form, encounterUrn } = partsOf(order);
  const cycle = [order.cycleIdentifier];
  const entries = [
    {
      create: encounter,
      fullUrl: encounterUrn,
      unless: ofCycles('Encounter', cycle, ['in-progress', 'finished']),
    },
    { create: document, unless: ofCycles('DocumentReference', cycle, ['current']) },
    { create: form, unless: ofCycles('QuestionnaireResponse', cycle, ['in-progress', 'completed']) },
  ];
  let answered: AnsweredEntry[];
  try {
    answered = await fhir.transaction(entries);
  } catch (error) {
    if (!isSeveralMatches(error)) throw error;
    // None of ours: the server left a parameter of the condition out, and will the next time, too.
    if ((await discardDrafts(fhir, cycle)) === 0) throw new EhrRejectedError('CONDITIONAL_CREATE_MATCHED_ANOTHER');
    throw new EhrConflictError('SEVERAL_DRAFTS');
  }
  for (const [index, entry] of answered.entries()) {
    const unless = entries[index]?.unless;
    if (unless !== undefined) assertMatched(unless, entry, fhir.base);
  }
  const [encounterId, documentId, formId] = answered.map(idOfCreated);
  if (encounterId === undefined || documentId === undefined || formId === undefined) {
    throw new EhrUnavailableError('TRANSACTION_ANSWER_INCOMPLETE');
  }
  return { document: documentId, form: formId, encounter: encounterId };
}

/** A condition that finds more than one resource: 412, and by some servers a 400 of the whole transaction. */
function isSeveralMatches(error: unknown): boolean {
  if (error instanceof EhrConflictError) return error.code.startsWith('HTTP_412');
  return error instanceof EhrRejectedError && error.code.includes('multiple-matches');
}

function idOfCreated({ location, resource }: AnsweredEntry): string {
  const id = /(?:^|\/)[A-Z][A-Za-z]+\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(location ?? '')?.[1];
  const given = id ?? resource?.id;
  if (!isId(given)) throw new EhrUnavailableError('TRANSACTION_ANSWER_WITHOUT_LOCATION');
  return given;
}

function partsOf(order: UpdateOrder) {
  const subject = { reference: `Patient/${order.patientId}` };
  const provider = { reference: order.provider };
  const identifier = { system: CYCLE_IDENTIFIER, value: order.cycleIdentifier };
  const location = order.location === null ? undefined : { reference: order.location };
  const encounterUrn = newUrn();
  const start = toInstant(order.now);
  const encounter: Encounter = {
    resourceType: 'Encounter',
    identifier: [identifier],
    status: 'in-progress',
    class: ENCOUNTER_CLASS_VIRTUAL,
    type: [{ coding: [ENCOUNTER_TYPE] }],
    subject,
    participant: [{ individual: provider }],
    period: { start },
    ...(location && { serviceProvider: location }),
  };
  const document: DocumentReference = {
    resourceType: 'DocumentReference',
    identifier: [identifier],
    status: 'current',
    docStatus: 'preliminary',
    type: { coding: [DOCUMENT_TYPE] },
    category: [{ coding: [DOCUMENT_CATEGORY] }],
    subject,
    author: [provider],
    ...(location && { custodian: location }),
    description: DOCUMENT_SUMMARY,
    securityLabel: [{ coding: [CONFIDENTIALITY_NORMAL] }],
    // The form is the content; FHIR wants an attachment, and this one holds nothing that the form does not guard.
    content: [{ attachment: { contentType: 'application/fhir+json', title: DOCUMENT_SUMMARY } }],
    context: {
      encounter: [{ reference: encounterUrn }],
      period: { start },
      ...(order.visit !== null && { related: [{ reference: order.visit }] }),
    },
  };
  const form: QuestionnaireResponse = {
    resourceType: 'QuestionnaireResponse',
    identifier,
    questionnaire: PIN_GENERATOR_FORM,
    status: 'in-progress',
    subject,
    encounter: { reference: encounterUrn },
    authored: start,
    item: formItems(ACTIVATION.deactivated, order.pin, order.now),
  };
  return { encounter, document, form, encounterUrn };
}
