/** The only place that changes a resource of the chart: it must be ours, or a PIN document. */
import type { Task } from 'fhir/r4';
import { EhrRejectedError } from '../../../domain/errors.ts';
import type { AsRead } from '../../../ports/ehr/ehr.ts';
import type { Change } from '../client/client.ts';
import { pathOf } from '../client/reference.ts';
import type { Resource } from '../client/resource.ts';
import { hasCoding, identifiersOf } from '../client/search.ts';
import {
  CYCLE_IDENTIFIER,
  DOCUMENT_TYPE,
  PIN_GENERATOR_FORM,
  SES_MESSAGE_IDENTIFIER,
  STAFF_TASK_IDENTIFIER,
} from '../codes.ts';

/** Members with their new values; undefined removes one. */
type Members = Readonly<Record<string, unknown>>;

const OURS: Readonly<Record<string, (resource: Resource) => boolean>> = {
  DocumentReference: (resource) => hasCoding(resource.type, DOCUMENT_TYPE),
  QuestionnaireResponse: (resource) =>
    has(resource, CYCLE_IDENTIFIER) || formOf(resource.questionnaire) === formOf(PIN_GENERATOR_FORM),
  Encounter: (resource) => has(resource, CYCLE_IDENTIFIER),
  Task: (resource) => has(resource, STAFF_TASK_IDENTIFIER),
  Communication: (resource) => has(resource, SES_MESSAGE_IDENTIFIER),
};

function has(resource: Resource, system: string): boolean {
  return identifiersOf(resource, system).length > 0;
}

function formOf(questionnaire: unknown): string | null {
  return typeof questionnaire === 'string' ? (questionnaire.split('|')[0] ?? null) : null;
}

/**
 * The resource with `members` changed. Throws EhrRejectedError RESOURCE_IS_NOT_OURS (not retried) for one that this service
 * neither made nor is there to sign: an EHR that ignores a search parameter must not have us change a laboratory report.
 */
export function changed({ resource, ...read }: AsRead, members: Members): Change {
  const resourceType = String(resource.resourceType);
  const whole: Resource = { ...resource, resourceType };
  if (!(OURS[resourceType]?.(whole) ?? false)) throw new EhrRejectedError('RESOURCE_IS_NOT_OURS');
  return { read: { resource, ...read }, changed: { ...whole, ...members, resourceType, id: read.id } };
}

/** A Task in the "Route to" of `document`, cancelled. The EHR made it; what makes it ours to cancel is the document. */
export function cancelled({ resource, ...read }: AsRead, document: string, base: string): Change {
  if (pathOf(resource.focus, base) !== `DocumentReference/${document}`)
    throw new EhrRejectedError('RESOURCE_IS_NOT_OURS');
  const statusReason: Task['statusReason'] = { text: 'Completed by Portal PIN. No action is needed.' };
  const members = { status: 'cancelled', statusReason } satisfies Partial<Task>;
  return { read: { resource, ...read }, changed: { ...resource, resourceType: 'Task', ...members, id: read.id } };
}
