import type {
  CodeableConcept,
  Device,
  Practitioner,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  Reference,
  Task,
} from '@medplum/fhirtypes';
import { ACTIVATION, DEVICE_IDENTIFIER, FORM_ITEM } from '../../functions/adapters/fhir/codes.ts';
import type { Instant } from '../../functions/domain/time/instant.ts';
import type { Stored } from './chart-store.ts';

/** The Device by which the service signs; in the chart from the start. */
export const signingDevice: Stored<Device> = {
  resourceType: 'Device',
  id: 'portal-pin',
  identifier: [{ ...DEVICE_IDENTIFIER }],
  status: 'active',
  deviceName: [{ name: 'Portal PIN', type: 'user-friendly-name' }],
};
export const SIGNING_DEVICE: Reference<Device> = { reference: `Device/${signingDevice.id}` };

/** The clinician used as signer if no other fits. */
export const signer: Stored<Practitioner> = {
  resourceType: 'Practitioner',
  id: 'ehr-signer',
  active: true,
  name: [{ family: 'Signer', given: ['Chart'] }],
};
export const SIGNER: Reference<Practitioner> = { reference: `Practitioner/${signer.id}` };

/** A place in the "Route to" list of a document (P9): priority Normal, reason Action, "Complete document". */
export function routingTask(id: string, documentId: string, owner: Reference, authoredOn: Instant): Stored<Task> {
  return {
    resourceType: 'Task',
    id,
    status: 'requested',
    intent: 'order',
    priority: 'routine',
    reasonCode: { text: 'Action' },
    description: 'Complete document',
    focus: { reference: `DocumentReference/${documentId}` },
    authoredOn,
    owner: owner as NonNullable<Task['owner']>,
  };
}

/** Whether a concept holds the code of a system. */
export function hasType(concept: CodeableConcept | undefined, type: { system: string; code: string }): boolean {
  return (concept?.coding ?? []).some(({ system, code }) => system === type.system && code === type.code);
}

/** Whether `reference` points to `target`, in whatever version. */
export function refersTo(reference: Reference | undefined, target: string): boolean {
  return reference?.reference === target || Boolean(reference?.reference?.startsWith(`${target}/_history/`));
}

/** The form as signing leaves it: completed, status Active (P6, P7). Undefined when it is so already or is void. */
export function applied(form: QuestionnaireResponse): QuestionnaireResponse | undefined {
  const isOpen = form.status === 'in-progress';
  const isApplied = form.status === 'completed' || form.status === 'amended';
  if (!isOpen && !isApplied) return undefined;
  const isActive = (form.item ?? []).some((item) => item.linkId === FORM_ITEM.activationStatus && saysActive(item));
  if (isApplied && isActive) return undefined;
  const others = (form.item ?? []).filter((item) => item.linkId !== FORM_ITEM.activationStatus);
  const status: QuestionnaireResponseItem = {
    linkId: FORM_ITEM.activationStatus,
    answer: [{ valueString: ACTIVATION.active }],
  };
  return {
    ...form,
    status: isOpen ? 'completed' : form.status,
    item: isActive ? (form.item ?? []) : [status, ...others],
  };
}

function saysActive(item: QuestionnaireResponseItem): boolean {
  return (item.answer ?? []).some(
    ({ valueString, valueCoding }) => (valueString ?? valueCoding?.code ?? valueCoding?.display) === ACTIVATION.active,
  );
}
