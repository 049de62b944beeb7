/**
 * What this adapter needs in the chart, as SMART v2 system scopes: c create, r read, u update, d delete, s search. Nothing is ever
 * deleted, and whatever is signed along with a PIN is only looked at. A conditional create searches first; what a search includes
 * is both found and read. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
 */
export const SCOPES = [
  'system/AuditEvent.c',
  'system/CareTeam.s',
  'system/Communication.cus',
  'system/Device.s',
  'system/DocumentReference.crus',
  'system/Encounter.crus',
  'system/MedicationRequest.s',
  'system/Patient.rs',
  'system/Practitioner.rs',
  'system/PractitionerRole.rs',
  'system/Provenance.cs',
  'system/QuestionnaireResponse.crus',
  'system/Task.cus',
] as const;
