/** Patients: how a case stands and why, and what a person does about it. */
import * as z from 'zod/mini';
import { MESSAGE_KINDS, MESSAGE_STATES } from '../../domain/case/account.ts';
import { cursor, day, executionName, instant, limit, moment, page, patientId, why } from './common.ts';
import { executionStatus } from './executions.ts';
import { action, location, reason, staffTask, todo, version } from './work.ts';

export const CASE_OUTCOMES = ['REGENERATED', 'NOT_NEEDED', 'EMAIL_MISSING', 'HELD', 'FAILED'] as const;
const outcome = z.nullable(z.enum(CASE_OUTCOMES)).check(z.describe('null: the case never ended yet.'));

export const pin = z.strictObject({
  state: z.enum(['NONE', 'ALIVE', 'EXPIRED']).check(z.describe('NONE: no PIN of this patient is known.')),
  issuedAt: z.nullable(instant),
  expiresAt: z.nullable(instant),
});

const standing = {
  patientId,
  version,
  pin,
  outcome,
  reason,
  todo: z.nullable(todo).check(z.describe('null: no action needed.')),
  nextCheckDay: z.nullable(day).check(z.describe('Day of the next automatic check; null: manual only.')),
  location,
  isAtWork: z.boolean().check(z.describe('The latest execution has not ended the case yet.')),
};

export const patientRow = z.strictObject(standing);
export type PatientRow = z.infer<typeof patientRow>;

export const patientsQuery = z.strictObject({
  from: z.optional(day.check(z.describe('First day of the next look; today unless told.'))),
  to: z.optional(
    day.check(z.describe('Last day of the next look; 30 days after `from` unless told. At most 400 days after it.')),
  ),
  cursor: z.optional(cursor),
  limit,
});

/** By the day of their next look, which is that of a living PIN’s expiry or reminder. */
export const patients = page(patientRow);

export const patient = z.strictObject({
  ...standing,
  pickedUpAt: z.nullable(instant).check(z.describe('When the patient first looked at the newest PIN.')),
  registeredAt: z.nullable(instant).check(z.describe('When they registered with the portal by it.')),
  reminder: z
    .nullable(z.int())
    .check(z.describe('The latest reminder day of the newest PIN that is done, sent or passed over; null: none.')),
  since: z.nullable(instant).check(z.describe('Waiting for staff since.')),
  endedAt: z.nullable(instant).check(z.describe('When the latest look ended.')),
  endedBy: z.nullable(executionName),
  failures: z.int().check(z.minimum(0), z.describe('Failed ends in a row.')),
  unclaimedCycles: z.int().check(z.minimum(0), z.describe('Consecutive unused PINs of ours.')),
  message: z
    .nullable(z.strictObject({ kind: z.enum(MESSAGE_KINDS), state: z.enum(MESSAGE_STATES), isFiled: z.boolean() }))
    .check(
      z.describe(
        'The latest mail about the newest PIN: NEW_PIN, REQUESTED (on request) or REMINDER. OWED: to be sent. INTENDED: about to be sent, or lost. ACCEPTED: the mail service has it; filed once the chart has it, too. REFUSED: certainly not sent. UNKNOWN: delivery is unknown. SETTLED: staff say it is done.',
      ),
    ),
  staffTasks: z.array(staffTask),
  explain: z
    .array(z.strictObject({ rule: z.string(), fact: z.string() }))
    .check(z.describe('Why the case stands as it does: each rule with the fact behind it.')),
  executions: z
    .array(
      z.strictObject({
        name: executionName,
        attempt: z.int().check(z.minimum(1)),
        status: executionStatus,
        startedAt: moment,
        stoppedAt: z.nullable(moment),
      }),
    )
    .check(z.describe('The latest ten, newest first; Step Functions forgets them after 90 days.')),
  decisions: z
    .array(
      z.strictObject({
        id: z.string(),
        action,
        actor: z.string().check(z.describe('The user; `patient` for the patient’s own request.')),
        reason: z.string(),
        at: instant,
      }),
    )
    .check(z.describe('What people decided about this patient, newest first.')),
  actions: z.array(action).check(z.describe('Which actions fit the case as it stands.')),
});
export type PatientView = z.infer<typeof patient>;

export const actionOrder = z.strictObject({
  action,
  reason: why,
  version: version.check(z.describe('`version` of the case as it was seen; another one by now is answered 409.')),
  force: z.optional(
    z.boolean().check(z.describe('With regenerate alone: a new PIN although the old one is valid. false unless told.')),
  ),
});

export const actionAnswer = z.strictObject({
  decision: z
    .enum(['STARTED', 'RUNNING', 'PAUSED', 'ACKNOWLEDGED'])
    .check(
      z.describe(
        'STARTED an execution by this; RUNNING one that runs already is the answer; PAUSED it is recorded, and nothing starts until the pause ends; ACKNOWLEDGED nothing is sent any more.',
      ),
    ),
  execution: z.nullable(executionName),
});
export type ActionAnswer = z.infer<typeof actionAnswer>;
