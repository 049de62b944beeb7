/**
 * A webhook event of the EHR: what happened, when, to which patient. Thin on purpose: every fact behind a PIN is read from
 * the chart, so a wrong, late or early event cannot cause a wrong PIN.
 */
import * as z from 'zod/mini';
import { fhirId } from '../case/state-data.ts';

/** Free text of a staff request: a sentence or two, so that a request stays within one write unit. */
const text = (longest: number, description: string) =>
  z.string().check(z.minLength(1), z.maxLength(longest), z.describe(description));

const patientId = z.clone(fhirId).check(z.describe('Id of the FHIR Patient.'));

function event<Type extends string, Data extends z.core.$ZodLooseShape>(type: Type, data: Data, description: string) {
  const happened = 'When it happened in the EHR, not when it is sent.';
  return z
    .strictObject({
      type: z.literal(type),
      timestamp: z.iso.datetime({ offset: true }).check(z.describe(happened)),
      data: z.strictObject({ patientId, ...data }),
    })
    .check(z.describe(description));
}

export const EHR_EVENT_TYPES = [
  'pin.issued',
  'pin.regeneration_requested',
  'portal.registered',
  'patient.email_changed',
  'patient.opted_out',
  'patient.updated',
] as const;

/** The body of a webhook: the three members of Standard Webhooks. Other members are refused. */
export const ehrEvent = z.discriminatedUnion('type', [
  event('pin.issued', {}, 'A PIN document was signed, by staff or by us: its 30 days are tracked.'),
  event(
    'pin.regeneration_requested',
    {
      actor: text(100, 'The requester, as the practice’s own audit names them. Kept with the request.'),
      reason: text(500, 'Why. Kept with the request and shown nowhere else.'),
      force: z.optional(z.boolean().check(z.describe('A new PIN although the old one is valid.'))),
    },
    'A person wants the patient’s case to be taken up now.',
  ),
  event('portal.registered', {}, 'The patient registered with the portal: no PIN is needed any more.'),
  event(
    'patient.email_changed',
    {},
    'An email address was entered, changed or marked: a case that waits for one goes on.',
  ),
  event('patient.opted_out', {}, 'The patient does not want the portal.'),
  event(
    'patient.updated',
    { change: z.enum(['deceased', 'inactive', 'merged', 'provider']) },
    'The patient died, became inactive, was merged into another; or their responsible provider changed.',
  ),
]);

export type EhrEvent = z.infer<typeof ehrEvent>;

/** Answer to a webhook: the decision and its execution. */
export const WEBHOOK_DECISIONS = [
  'STARTED',
  'RUNNING',
  'NOT_DUE',
  'TRACKED',
  'STOPPED',
  'OUTDATED',
  'UNKNOWN_PATIENT',
  'PAUSED',
] as const;

export const webhookAnswer = z.strictObject({
  decision: z.enum(WEBHOOK_DECISIONS),
  /** Name of the execution, or null. */
  execution: z.nullable(z.string()),
});
export type WebhookAnswer = z.infer<typeof webhookAnswer>;
