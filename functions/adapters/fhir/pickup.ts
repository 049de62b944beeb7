/** What the pick-up page reads of a chart and leaves there; nothing else of the adapter comes along. */
import type { AuditEvent } from 'fhir/r4';
import { standingOf } from '../../domain/chart/patient.ts';
import { EhrRejectedError, isStepError, PatientNotFoundError } from '../../domain/errors.ts';
import type { PickupFacts } from '../../domain/pickup/pickup.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PickupAudit, PickupChart } from '../../ports/ehr/ehr.ts';
import { createFhirClient, type FhirClient, type FhirOptions } from './client/client.ts';
import { AUDIT_PATIENT_RECORD, DEVICE_IDENTIFIER, PICKUP_EVENT_SYSTEM } from './codes.ts';
import { patientIn } from './read/patient.ts';
import { documentsIn } from './read/pin-document.ts';
import { readPin } from './read-pin.ts';
import { openStaffTask } from './staff.ts';

export interface PickupChartOptions extends FhirOptions {
  clock: Clock;
  /** Takes the event of an EHR that keeps no AuditEvent; `code` says how it refused. */
  auditRefused(event: PickupAudit, code: string): void;
}

export function createFhirPickupChart(options: PickupChartOptions): PickupChart {
  const fhir = createFhirClient(options);
  return {
    readPickupFacts: (patientId, document) => readPickupFacts(fhir, patientId, document),
    readPin: (patientId, encounter) => readPin(fhir, patientId, encounter),
    async audit(event) {
      try {
        await audit(fhir, event);
      } catch (error) {
        const code = isStepError(error) ? error.code : '';
        if (!NO_AUDIT_EVENTS.test(code)) throw error;
        options.auditRefused(event, code);
      }
    },
    openStaffTask: (order) => openStaffTask(fhir, order, toInstant(options.clock.now())),
  };
}

/**
 * How servers say that they keep no AuditEvent: the type is unknown (404), or may not be created (405, 501, not-supported).
 * A refused scope (403) is a wrong setting and stays an error, and so does the 404 of a gateway, which is no FHIR.
 */
const NO_AUDIT_EVENTS = /^HTTP_404_|^HTTP_(405|501)(_|$)|^HTTP_4\d\d_(.*\+)?not-supported/;

/**
 * Patient and document in one batch. A deleted document is not current; a deleted patient is not found.
 * EhrRejectedError (not retried) where the document is about another patient.
 */
async function readPickupFacts(fhir: FhirClient, patientId: string, documentId: string): Promise<PickupFacts> {
  const [[chart], documents] = await fhir.batch([
    { type: 'Patient', id: patientId },
    { type: 'DocumentReference', id: documentId },
  ]);
  if (chart === undefined) throw new PatientNotFoundError('HTTP_404');
  const [document] = documentsIn(documents, fhir.base);
  if (document !== undefined && document.subject !== `Patient/${patientId}`) {
    throw new EhrRejectedError('ANSWER_IS_NOT_WHAT_WAS_ASKED_FOR');
  }
  const { patient, birthDate, familyNames } = patientIn(chart, patientId, fhir.base);
  return {
    standing: standingOf(patient),
    birthDate,
    familyNames,
    language: patient.language,
    isCurrent: document?.status === 'current' && document.pin.signed && document.isPinType && !document.isModified,
    encounter: document?.pin.encounter ?? null,
  };
}

/** What happened, by the words of FHIR's audit trail: read or executed, well or with a minor failure. */
const EVENTS = {
  VIEWED: { code: 'pin-viewed', action: 'R', outcome: '0' },
  LOCKED: { code: 'pickup-locked', action: 'E', outcome: '4' },
} as const;

/**
 * https://hl7.org/fhir/R4/auditevent.html. Not conditional: that would take a right to search the practice's audit trail.
 * The viewer of a PIN is the patient; a failed attempt has no known agent.
 */
async function audit(fhir: FhirClient, { patientId, document, what, at }: PickupAudit): Promise<void> {
  const { code, action, outcome } = EVENTS[what];
  const patient = { reference: `Patient/${patientId}` };
  const service = { type: 'Device', identifier: DEVICE_IDENTIFIER, display: 'Portal PIN' };
  const event: AuditEvent = {
    resourceType: 'AuditEvent',
    type: AUDIT_PATIENT_RECORD,
    subtype: [{ system: PICKUP_EVENT_SYSTEM, code }],
    action,
    recorded: at,
    outcome,
    agent: [
      { who: service, requestor: false },
      { ...(what === 'VIEWED' && { who: patient }), requestor: true },
    ],
    source: { observer: service },
    entity: [{ what: patient }, { what: { reference: `DocumentReference/${document}` } }],
  };
  await fhir.create(event);
}
