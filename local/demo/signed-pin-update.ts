/** A finished chart update of P3–P12, as the service leaves it, or as staff did it by hand. */
import type { DocumentReference, Encounter, QuestionnaireResponse } from 'fhir/r4';
import {
  ACTIVATION,
  CONFIDENTIALITY_NORMAL,
  CYCLE_IDENTIFIER,
  DEVICE_IDENTIFIER,
  DOCUMENT_CATEGORY,
  DOCUMENT_SUMMARY,
  DOCUMENT_TYPE,
  ENCOUNTER_CLASS_VIRTUAL,
  ENCOUNTER_TYPE,
  FORM_ITEM,
  PIN_GENERATOR_FORM,
} from '../../functions/adapters/fhir/codes.ts';
import { PIN_LIFETIME_MS } from '../../functions/domain/chart/expiry.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import { type Kept, referenceTo } from './chart-builders.ts';

/** How long a person takes for an update. */
const UPDATE_MS = 5 * 60 * 1000;

export interface SignedPinUpdateOrder {
  patient: string;
  pin: string;
  /** Milliseconds; null: the document has no date. */
  signedAt: number | null;
  /** `Practitioner/<id>`. */
  provider: string;
  /** `Organization/<id>`, or null for none. */
  location: string | null;
  /** The cycle identifier of an update that the service made; absent: made by hand. */
  ours?: string;
  /** Counts the patient's updates; names the three resources. 1 by default. */
  sequence?: number;
  /** Id of the document that this one replaces. */
  replaces?: string;
  /** Whether a newer document replaced this one. */
  superseded?: boolean;
  /** `Encounter/<id>` of the visit it was made in. */
  visit?: string;
}

export interface SignedPinUpdate {
  encounter: Kept<Encounter>;
  document: Kept<DocumentReference>;
  form: Kept<QuestionnaireResponse>;
}

/** Id of the document of a patient's n-th update. */
export function pinDocumentId(patient: string, sequence: number): string {
  return `${patient}-pin-${sequence}`;
}

/** Encounter, document and form of an update that was signed `signedAt`. */
export function signedPinUpdate(order: SignedPinUpdateOrder): SignedPinUpdate {
  const { signedAt, ours } = order;
  const id = pinDocumentId(order.patient, order.sequence ?? 1);
  const subject = referenceTo(`Patient/${order.patient}`);
  const provider = referenceTo(order.provider);
  const location = order.location === null ? null : referenceTo(order.location);
  const signed = signedAt === null ? null : toInstant(signedAt);
  const opened = signedAt === null ? null : toInstant(signedAt - UPDATE_MS);
  const identifier = ours === undefined ? null : { system: CYCLE_IDENTIFIER, value: ours };
  const encounter = referenceTo(`Encounter/${id}-update`);
  return {
    encounter: {
      resourceType: 'Encounter',
      id: `${id}-update`,
      ...(identifier && { identifier: [identifier] }),
      status: 'finished',
      class: ENCOUNTER_CLASS_VIRTUAL,
      type: [{ coding: [ENCOUNTER_TYPE] }],
      subject,
      participant: [{ individual: provider }],
      ...(opened && signed && { period: { start: opened, end: signed } }),
      ...(location && { serviceProvider: location }),
    },
    document: {
      resourceType: 'DocumentReference',
      id,
      ...(identifier && { identifier: [identifier] }),
      status: order.superseded ? 'superseded' : 'current',
      docStatus: 'final',
      type: { coding: [DOCUMENT_TYPE] },
      category: [{ coding: [DOCUMENT_CATEGORY] }],
      subject,
      ...(signed && { date: signed }),
      author: [provider],
      // By hand a provider signs; the service signs as its Device and becomes responsible for nothing (P12).
      authenticator: identifier ? { type: 'Device', identifier: DEVICE_IDENTIFIER } : provider,
      ...(location && { custodian: location }),
      ...(order.replaces && {
        relatesTo: [{ code: 'replaces' as const, target: referenceTo(`DocumentReference/${order.replaces}`) }],
      }),
      description: DOCUMENT_SUMMARY,
      securityLabel: [{ coding: [CONFIDENTIALITY_NORMAL] }],
      content: [{ attachment: { contentType: 'application/fhir+json', title: DOCUMENT_SUMMARY } }],
      context: {
        encounter: [encounter],
        ...(opened && { period: { start: opened } }),
        ...(order.visit && { related: [referenceTo(order.visit)] }),
      },
    },
    form: {
      resourceType: 'QuestionnaireResponse',
      id: `${id}-form`,
      ...(identifier && { identifier }),
      questionnaire: PIN_GENERATOR_FORM,
      status: 'completed',
      subject,
      encounter,
      ...(opened && { authored: opened }),
      item: [
        { linkId: FORM_ITEM.activationStatus, answer: [{ valueString: ACTIVATION.active }] },
        { linkId: FORM_ITEM.pin, answer: [{ valueString: order.pin }] },
        ...(signedAt === null
          ? []
          : [{ linkId: FORM_ITEM.expiresOn, answer: [{ valueDateTime: toInstant(signedAt + PIN_LIFETIME_MS) }] }]),
      ],
    },
  };
}

/** The three resources of an update in the order in which they refer to each other. */
export function resourcesOf(
  update: SignedPinUpdate,
): [SignedPinUpdate['encounter'], SignedPinUpdate['document'], SignedPinUpdate['form']] {
  return [update.encounter, update.document, update.form];
}

/**
 * The PIN of the n-th synthetic update, as made by hand: any letter and nine digits, unlike every other up to 10⁸.
 * @param n from 0 to 10⁸
 */
export function syntheticPin(n: number): string {
  // Odd and no multiple of 5, so that n → digits is one to one modulo 10⁹; below 2⁵³ for all n.
  const digits = (n * 61_803_399 + 122_900_125) % 1_000_000_000;
  return String.fromCharCode(65 + (n % 26)) + String(digits).padStart(9, '0');
}
