/**
 * The codes by which the service, the chart and the staff understand each other in FHIR R4.
 * They are a contract with every connected EHR (docs/fhir.md); renaming one is a migration of charts.
 */
const BASE = 'https://portal-pin.example/fhir/';

export const ENCOUNTER_TYPE = { system: `${BASE}CodeSystem/encounter-type`, code: 'portal-pin-generator' } as const;
export const DOCUMENT_TYPE = { system: `${BASE}CodeSystem/document-type`, code: 'portal-pin-generator' } as const;
export const DOCUMENT_CATEGORY = { system: `${BASE}CodeSystem/document-category`, code: 'eform' } as const;
/** Confidentiality "Normal" of P4, https://terminology.hl7.org/CodeSystem-v3-Confidentiality.html */
export const CONFIDENTIALITY_NORMAL = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  code: 'N',
} as const;
/** "Virtual": the patient is not there when the service opens the chart update. */
export const ENCOUNTER_CLASS_VIRTUAL = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  code: 'VR',
} as const;
export const PARTICIPATION_EMAIL = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationMode',
  code: 'EMAILWRIT',
} as const;
/** Why a Communication came to nothing, https://terminology.hl7.org/CodeSystem-communication-not-done-reason.html */
export const COMMUNICATION_NOT_DONE_REASON =
  'http://terminology.hl7.org/CodeSystem/communication-not-done-reason' as const;

/** The Pin Generator form and its version (P6). */
export const PIN_GENERATOR_FORM = `${BASE}Questionnaire/pin-generator|1.5`;
export const FORM_ITEM = { activationStatus: 'activation-status', pin: 'pin', expiresOn: 'expires-on' } as const;
export const ACTIVATION = { active: 'Active', deactivated: 'Deactivated' } as const;

export const DOCUMENT_SUMMARY = 'Patient Portal Pin';

/** Identifier of a chart document, form and encounter made by this service for one patient and cycle. */
export const CYCLE_IDENTIFIER = `${BASE}NamingSystem/portal-pin-cycle`;
/** Identifier of a Task for staff: one per patient and reason. */
export const STAFF_TASK_IDENTIFIER = `${BASE}NamingSystem/portal-pin-staff-task`;
/** Identifier of a Communication: the id Amazon SES answered with. */
export const SES_MESSAGE_IDENTIFIER = `${BASE}NamingSystem/ses-message-id`;
/** Identifier of the Device that signs. */
export const DEVICE_IDENTIFIER = { system: `${BASE}NamingSystem/portal-pin-device`, value: 'portal-pin' } as const;

export const STAFF_TASK_SYSTEM = `${BASE}CodeSystem/staff-task`;

export const EXTENSION = {
  /** On Patient, valueCode: not-enrolled | pending | registered | opted-out. */
  portalStatus: `${BASE}StructureDefinition/portal-status`,
  /** On ContactPoint, valueBoolean. */
  undeliverable: `${BASE}StructureDefinition/undeliverable`,
  /** On Provenance, valueBoolean: the answer to the prompt of P12. */
  becomeResponsibleProvider: `${BASE}StructureDefinition/become-responsible-provider`,
  /** On Provenance, valueBoolean: whether other clinical list changes are signed along (P11). */
  signClinicalListChanges: `${BASE}StructureDefinition/sign-clinical-list-changes`,
} as const;

/** Front desk, https://terminology.hl7.org/CodeSystem-v3-RoleCode.html has none; SNOMED CT "Receptionist". */
export const FRONT_DESK = { system: 'http://snomed.info/sct', code: '159561009', display: 'Receptionist' } as const;

/** What an AuditEvent says about the pick-up page. */
export const PICKUP_EVENT_SYSTEM = `${BASE}CodeSystem/pickup-event`;
/** A patient's record was read or changed, http://dicom.nema.org/medical/dicom/current/output/chtml/part16/chapter_D.html */
export const AUDIT_PATIENT_RECORD = {
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code: '110110',
  display: 'Patient Record',
} as const;

/** Task states in which work is left: a name in "Route to", a request of ours. https://hl7.org/fhir/R4/valueset-task-status.html */
export const OPEN_TASK = ['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'] as const;
