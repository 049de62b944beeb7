/** What the console asks of this machine alone: the chart, the EHR's webhooks, and things going wrong on demand. */
import * as z from 'zod';

const fhirId = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/);
const reference = (type: string) => z.string().regex(new RegExp(`^${type}/[A-Za-z0-9\\-.]{1,64}$`));

/** An edit by the front desk in the chart. */
export const chartEdit = z.discriminatedUnion('edit', [
  /** Takes the place of the patient's email addresses. */
  z.strictObject({ edit: z.literal('ENTER_EMAIL'), address: z.string().min(1).max(254) }),
  /** `at` null: the general practitioner; else the responsible provider at that organization. */
  z.strictObject({
    edit: z.literal('SET_PROVIDER'),
    practitioner: reference('Practitioner'),
    at: reference('Organization').nullable(),
  }),
  z.strictObject({ edit: z.literal('REGISTER') }),
  z.strictObject({ edit: z.literal('OPT_OUT') }),
  z.strictObject({ edit: z.literal('SET_DECEASED') }),
  z.strictObject({ edit: z.literal('SET_INACTIVE') }),
  /** The manual procedure, done once more by a person. */
  z.strictObject({ edit: z.literal('SIGN_PIN_BY_HAND') }),
]);
export type ChartEdit = z.infer<typeof chartEdit>;

/** `isTold`: whether the EHR then tells Portal PIN by a webhook, as an EHR does. */
export const chartEditRequest = z.strictObject({ edit: chartEdit, isTold: z.boolean() });

const named = z.object({ reference: z.string(), name: z.string() });

const chartPatient = z.object({
  id: z.string(),
  name: z.string(),
  birthDate: z.string().nullable(),
  /** As entered, undeliverable ones included. */
  emails: z.array(z.string()),
  portalStatus: z.string(),
  provider: z.string().nullable(),
});
export type ChartPatient = z.infer<typeof chartPatient>;

/** At most fifty patients, in the chart's order; `total` is how many match. */
export const chartList = z.object({ patients: z.array(chartPatient), total: z.int() });
export type ChartList = z.infer<typeof chartList>;

export const chart = z.object({
  patient: chartPatient,
  /** What the chart holds about the patient, in FHIR, newest first. */
  resources: z.array(z.object({ resourceType: z.string(), id: z.string() }).loose()),
  practitioners: z.array(named),
  organizations: z.array(named),
});
export type Chart = z.infer<typeof chart>;

const patientId = { patientId: fhirId };

/** A webhook to send; its moment is the practice's now. */
export const webhookOrder = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pin.issued'), data: z.strictObject(patientId) }),
  z.strictObject({
    type: z.literal('pin.regeneration_requested'),
    data: z.strictObject({
      ...patientId,
      actor: z.string().min(1).max(100),
      reason: z.string().min(1).max(500),
      force: z.boolean().optional(),
    }),
  }),
  z.strictObject({ type: z.literal('portal.registered'), data: z.strictObject(patientId) }),
  z.strictObject({ type: z.literal('patient.email_changed'), data: z.strictObject(patientId) }),
  z.strictObject({ type: z.literal('patient.opted_out'), data: z.strictObject(patientId) }),
  z.strictObject({
    type: z.literal('patient.updated'),
    data: z.strictObject({ ...patientId, change: z.enum(['deceased', 'inactive', 'merged', 'provider']) }),
  }),
]);
export type WebhookOrder = z.infer<typeof webhookOrder>;

/** A webhook as it was sent, and what it was answered. */
export const webhookSent = z.object({
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  answer: z.object({ status: z.int(), body: z.string() }),
});
export type WebhookSent = z.infer<typeof webhookSent>;

export const chartEdited = z.object({ webhook: webhookSent.nullable() });

/**
 * What goes wrong next, once. SIGNING_REFUSED: the EHR answers a signing with 403. EHR_BUSY: it answers three requests
 * with 503. MAIL_REFUSED: SES takes no mail from this sender. ANSWER_LOST: a mail leaves, its answer does not arrive.
 */
export const TROUBLES = ['SIGNING_REFUSED', 'EHR_BUSY', 'MAIL_REFUSED', 'ANSWER_LOST'] as const;
export type Trouble = (typeof TROUBLES)[number];
export const troubleRequest = z.strictObject({ trouble: z.enum(TROUBLES) });
