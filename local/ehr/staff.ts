import type {
  DocumentReference,
  Encounter,
  Provenance,
  QuestionnaireResponse,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import type { FhirResource } from 'fhir/r4';
import {
  ACTIVATION,
  CONFIDENTIALITY_NORMAL,
  DOCUMENT_CATEGORY,
  DOCUMENT_SUMMARY,
  DOCUMENT_TYPE,
  ENCOUNTER_CLASS_VIRTUAL,
  ENCOUNTER_TYPE,
  EXTENSION,
  FORM_ITEM,
  PIN_GENERATOR_FORM,
} from '../../functions/adapters/fhir/codes.ts';
import { PIN_LIFETIME_MS } from '../../functions/domain/chart/expiry.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { ChartStore, Stored } from './chart-store.ts';
import { routingTask, SIGNER } from './pin-document.ts';
import type { ChartRepository } from './repository.ts';

interface HandMadePin {
  pin: string;
  /** Signing instant, ms since the epoch; the simulator's now when not said. */
  at?: number;
  provider?: Reference;
  location?: Reference;
}

interface SignedByHand {
  documentId: string;
  formId: string;
  encounterId: string;
}

/** What people do in the chart besides the service. Each action is one transaction, with everything the EHR does after it. */
export interface Staff {
  /** A PIN made and signed by hand: final document, completed form, none of our identifiers; both prompts answered No. */
  signPinByHand(patientId: string, made: HandMadePin): Promise<SignedByHand>;
  /** Signs a draft that is in the chart, e.g. one of the service's; `answerNo` false says nothing at the prompts (P11, P12). */
  signDraft(documentId: string, options?: { answerNo?: boolean; at?: number }): Promise<void>;
  /** Adds a name to the "Route to" list of a document (P9); returns the Task's id. */
  routeTo(documentId: string, owner: Reference): Promise<string>;
  /** Writes a resource as an update at the desk would, e.g. an email address that was entered. */
  write(resource: FhirResource & { id: string }): Promise<void>;
}

interface Desk {
  store: ChartStore;
  repository: ChartRepository;
  now: () => number;
  newId: () => string;
  /** Waits for the requests before it. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

export function createStaff({ store, repository, now, newId, inTurn }: Desk): Staff {
  const writeAll = (...resources: Stored[]) =>
    inTurn(() =>
      repository.atomically(async () => {
        for (const resource of resources) await repository.updateResource<Resource>(resource);
      }),
    );
  return {
    async signPinByHand(patientId, made) {
      const ids = { documentId: newId(), formId: newId(), encounterId: newId() };
      await writeAll(...handMade(patientId, made, ids, made.at ?? now()), prompts(newId(), ids.documentId, now()));
      return ids;
    },
    async signDraft(documentId, { answerNo = true, at = now() } = {}) {
      const draft = store.get('DocumentReference', documentId);
      if (!draft) throw new Error(`DocumentReference/${documentId} is not in the chart`);
      const signed: Stored<DocumentReference> = {
        ...draft,
        docStatus: 'final',
        date: toInstant(at),
        authenticator: SIGNER,
      };
      await writeAll(...(answerNo ? [prompts(newId(), documentId, now())] : []), signed);
    },
    async routeTo(documentId, owner) {
      const task = routingTask(newId(), documentId, owner, toInstant(now()));
      await writeAll(task);
      return task.id;
    },
    // FHIR R4 twice over: the product's types and the simulator's differ in how strictly they are written.
    write: (resource) => writeAll(resource as Stored),
  };
}

/** P3–P8 by hand, finished. */
function handMade(patientId: string, made: HandMadePin, ids: SignedByHand, signedAt: number): Stored[] {
  const subject = { reference: `Patient/${patientId}` };
  const instant = toInstant(signedAt);
  const period = { start: instant, end: instant };
  const encounter: Stored<Encounter> = {
    resourceType: 'Encounter',
    id: ids.encounterId,
    status: 'finished',
    class: { ...ENCOUNTER_CLASS_VIRTUAL },
    type: [{ coding: [{ ...ENCOUNTER_TYPE }] }],
    subject,
    period,
  };
  const form: Stored<QuestionnaireResponse> = {
    resourceType: 'QuestionnaireResponse',
    id: ids.formId,
    status: 'completed',
    questionnaire: PIN_GENERATOR_FORM,
    subject,
    encounter: { reference: `Encounter/${ids.encounterId}` },
    authored: instant,
    item: [
      { linkId: FORM_ITEM.activationStatus, answer: [{ valueString: ACTIVATION.active }] },
      { linkId: FORM_ITEM.pin, answer: [{ valueString: made.pin }] },
      { linkId: FORM_ITEM.expiresOn, answer: [{ valueDateTime: toInstant(signedAt + PIN_LIFETIME_MS) }] },
    ],
  };
  const document: Stored<DocumentReference> = {
    resourceType: 'DocumentReference',
    id: ids.documentId,
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ ...DOCUMENT_TYPE }] },
    category: [{ coding: [{ ...DOCUMENT_CATEGORY }] }],
    securityLabel: [{ coding: [{ ...CONFIDENTIALITY_NORMAL }] }],
    description: DOCUMENT_SUMMARY,
    subject: subject as NonNullable<DocumentReference['subject']>,
    date: instant,
    author: [(made.provider ?? SIGNER) as NonNullable<DocumentReference['author']>[number]],
    authenticator: SIGNER,
    ...(made.location && { custodian: made.location as NonNullable<DocumentReference['custodian']> }),
    content: [{ attachment: { url: `QuestionnaireResponse/${ids.formId}`, title: DOCUMENT_SUMMARY } }],
    context: { encounter: [{ reference: `Encounter/${ids.encounterId}` }], period },
  };
  return [encounter, form, document];
}

/** P11, P12: the signer answers No at both prompts. */
function prompts(id: string, documentId: string, now: number): Stored<Provenance> {
  return {
    resourceType: 'Provenance',
    id,
    target: [{ reference: `DocumentReference/${documentId}` }],
    recorded: new Date(now).toISOString(),
    agent: [{ who: SIGNER }],
    extension: [
      { url: EXTENSION.becomeResponsibleProvider, valueBoolean: false },
      { url: EXTENSION.signClinicalListChanges, valueBoolean: false },
    ],
  };
}
