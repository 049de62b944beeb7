/** Sweeps: what each did, and starting one. */
import * as z from 'zod/mini';
import { SWEEP_DECISIONS, SWEEP_STOPS } from '../../domain/batch/sweep.ts';
import { day, executionName, instant, why } from './common.ts';

const whole = z.int().check(z.minimum(0));

export const sweep = z.strictObject({
  day: day.check(z.describe('Day on which it began; it keeps it past midnight.')),
  execution: executionName,
  dryRun: z.boolean().check(z.describe('Decides without starting; STARTED then counts what would have been started.')),
  startedAt: instant,
  endedAt: z.nullable(instant),
  status: z
    .enum(['RUNNING', 'ENDED', 'STOPPED'])
    .check(z.describe('STOPPED: its execution ended before it was through, e.g. by hand.')),
  stoppedBy: z
    .nullable(z.enum(SWEEP_STOPS))
    .check(z.describe('Why it ended before everybody was looked at; null: everybody was.')),
  minutes: whole.check(z.describe('Minutes of it that are done.')),
  counts: z
    .strictObject(
      Object.fromEntries(SWEEP_DECISIONS.map((each) => [each, whole])) as Record<
        (typeof SWEEP_DECISIONS)[number],
        typeof whole
      >,
    )
    .check(z.describe('Patients looked at, by what the look came to.')),
});
export type Sweep = z.infer<typeof sweep>;

export const sweepsQuery = z.strictObject({
  day: z.optional(day.check(z.describe('The last day that is shown; today unless told.'))),
  days: z._default(
    z.coerce.number().check(z.int(), z.minimum(1), z.maximum(31), z.describe('How many days up to it.')),
    1,
  ),
});

/** Newest first. */
export const sweeps = z.strictObject({ from: day, to: day, items: z.array(sweep) });

export const sweepReport = z.strictObject({
  ...sweep.shape,
  outcomes: z
    .record(z.string(), whole)
    .check(
      z.describe(
        'Outcomes of its executions: `REGENERATED`, `HELD/CYCLE_LIMIT`, `FAILED/EhrUnavailableError`, …; RUNNING: not ended yet; LATER: a later execution has ended the case since.',
      ),
    ),
  conversion: z
    .record(z.string(), z.strictObject({ issued: whole, pickedUp: whole, registered: whole, replaced: whole }))
    .check(
      z.describe(
        'Results of the PINs that its executions signed, by location of care (id of an Organization, or NONE). `replaced`: replaced by a newer PIN because the patient did not register.',
      ),
    ),
});

export const sweepOrder = z.strictObject({
  dryRun: z.boolean().check(z.describe('Decide and start nothing.')),
  reason: why,
});

export const sweepStarted = z.strictObject({ day, execution: executionName, dryRun: z.boolean() });
