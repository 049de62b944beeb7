/** What needs a person: Today, and the work list. */
import * as z from 'zod/mini';
import { ACTIONS, TODOS } from '../../domain/case/work.ts';
import { count, cursor, day, executionName, instant, limit, page, patientId } from './common.ts';
import { sweep } from './sweeps.ts';

export const todo = z.enum(TODOS).check(
  z.describe(`What is to be done:
enter-email – no usable email address is entered in the EHR; entering one lets the case go on by itself.
resolve-provider – no single active provider is responsible; correcting the chart lets the case go on.
review-chart – a PIN document of the chart has no usable date; correct it, then release.
check-signing – a signing broke what it must not (see explain); check the chart, then release.
notify-patient – the patient was not notified, or delivery is unknown; tell them and acknowledge, or resend.
decide – too many cycles without a registration, or too many failures; release goes on.
see-failure – failed; it is tried again by itself on nextCheckDay, or now by redrive.`),
);
export const action = z.enum(ACTIONS).check(
  z.describe(`regenerate – a look at the case now; with force a new PIN whatever the age of the old one.
redrive – a fresh execution for the case, due or not.
resend – the notification of the living PIN once more.
release – ends a hold: resets the counts of failures and unused PINs, marks the signature as verified, resumes the case.
acknowledge – a person has told the patient: nothing is sent any more, the Task is closed.`),
);

/** Outcomes by which a case may wait for a person. REGENERATED and NOT_NEEDED only where a Task for staff is open yet. */
export const WORK_OUTCOMES = ['EMAIL_MISSING', 'HELD', 'FAILED', 'REGENERATED', 'NOT_NEEDED'] as const;
export const workOutcome = z.enum(WORK_OUTCOMES);

export const staffTask = z.strictObject({
  code: z.string().check(z.describe('Code of CodeSystem/staff-task; docs/fhir.md.')),
  reason: z.string().check(z.describe('Why it was opened: a code.')),
});

export const reason = z
  .nullable(z.string())
  .check(z.describe('Reason of the outcome, or the name of the error where it is FAILED; docs/workflow.md.'));

export const version = z
  .string()
  .check(z.minLength(1), z.maxLength(64), z.describe('State of the case that was seen; an action hands it back.'));

export const location = z
  .nullable(z.string())
  .check(
    z.describe(
      'Location of care: id of a FHIR Organization, as in the policy without `Organization/`; null: not known.',
    ),
  );

export const workItem = z.strictObject({
  patientId,
  version,
  todo,
  outcome: workOutcome,
  reason,
  since: instant.check(z.describe('Waiting for staff since.')),
  nextCheckDay: z.nullable(day).check(z.describe('Day of the next automatic check; null: manual only.')),
  location,
  staffTasks: z.array(staffTask).check(z.describe('Tasks that are open for staff in the EHR.')),
  execution: z.nullable(executionName).check(z.describe('The latest execution.')),
  isAtWork: z.boolean().check(z.describe('The latest execution has not ended the case yet.')),
  actions: z.array(action).check(z.describe('Which actions fit the case as it stands.')),
});
export type WorkItem = z.infer<typeof workItem>;

export const workListQuery = z.strictObject({
  outcome: z.optional(workOutcome),
  reason: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_.]{1,80}$/))),
  todo: z.optional(todo),
  location: z.optional(z.string().check(z.regex(/^[A-Za-z0-9.-]{1,64}$/))),
  day: z.optional(day.check(z.describe('Cases that wait since this day.'))),
  cursor: z.optional(cursor),
  limit,
});

/** Oldest first. */
export const workList = page(workItem);

export const paused = z
  .nullable(
    z.strictObject({
      actor: z.string(),
      reason: z.string(),
      at: instant,
    }),
  )
  .check(z.describe('User, reason and time of the pause; null: not paused.'));

export const overview = z.strictObject({
  now: instant.check(z.describe('The practice’s time; locally it can be moved.')),
  today: day,
  timeZone: z.string(),
  paused,
  work: z
    .array(
      z.strictObject({
        todo,
        ...count.shape,
        oldestSince: instant.check(z.describe('Since when the oldest of them waits.')),
      }),
    )
    .check(z.describe('What needs a person, by what is to be done; kinds with nothing in them are left out.')),
  due: count.check(z.describe('Patients the next sweep will check.')),
  running: count.check(z.describe('Executions of regenerate-pin that run now.')),
  lastSweep: z.nullable(sweep).check(z.describe('The latest of the last eight days.')),
});
export type Overview = z.infer<typeof overview>;
