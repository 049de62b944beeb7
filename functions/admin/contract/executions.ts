/** Executions and state machines, as Step Functions knows them. */
import * as z from 'zod/mini';
import { EXECUTION_STATUSES } from '../../domain/case/executions.ts';
import { cursor, executionName, limit, machine, moment, page, patientId } from './common.ts';

export const executionStatus = z.enum(EXECUTION_STATUSES);

/** What leaves a case open can be listed by outcome, from the work list; Step Functions cannot do it for the others. */
const openOutcome = z.enum(['EMAIL_MISSING', 'HELD', 'FAILED']);

export const executionRow = z.strictObject({
  name: executionName,
  machine,
  status: executionStatus,
  startedAt: z.nullable(moment).check(z.describe('null where the list is by outcome: see the execution itself.')),
  stoppedAt: z.nullable(moment),
  patientId: z.nullable(patientId).check(z.describe('Where the list is by outcome.')),
  outcome: z.nullable(z.string()).check(z.describe('Where the list is by outcome.')),
  reason: z.nullable(z.string()).check(z.describe('Where the list is by outcome.')),
});

export const executionsQuery = z.strictObject({
  machine: z._default(machine, 'regenerate-pin'),
  status: z.optional(executionStatus),
  outcome: z.optional(
    openOutcome.check(
      z.describe(
        'Executions that left a case which is open yet, oldest first; with the machine regenerate-pin and without a status.',
      ),
    ),
  ),
  cursor: z.optional(cursor),
  limit,
});

/** Newest first; by outcome: oldest first. */
export const executions = page(executionRow);

const json = z.unknown();

export const execution = z.strictObject({
  name: executionName,
  machine,
  status: executionStatus,
  startedAt: moment,
  stoppedAt: z.nullable(moment),
  patientId: z.nullable(patientId).check(z.describe('From the input; null if it names no patient.')),
  outcome: z.nullable(z.string()),
  reason: z.nullable(z.string()),
  input: json.check(z.describe('JSON as it was given: opaque ids, counters, verdicts.')),
  output: json.check(z.describe('JSON; null unless it SUCCEEDED.')),
  error: z.nullable(z.string()).check(z.describe('Name of the error by which it failed.')),
  cause: z.nullable(z.string()).check(z.describe('A code, as JSON text where a function failed.')),
});

/** Patients’ executions have a name of their own shape; the machine of any other must be told. */
export const executionQuery = z.strictObject({
  machine: z._default(machine, 'regenerate-pin'),
});

export const historyEvent = z.strictObject({
  id: z.int().check(z.minimum(1)),
  at: moment,
  type: z.string().check(z.describe('Type of Step Functions’ HistoryEvent, e.g. TaskStateEntered, TaskFailed.')),
  state: z.nullable(z.string()).check(z.describe('The state it happened in; null: the execution’s own event.')),
  attempt: z
    .nullable(z.int().check(z.minimum(1)))
    .check(z.describe('Of a Task, from 1 on within one entry of its state; null for other events.')),
  input: json.check(
    z.describe('JSON: of the state where it was entered, of the function where it was called; else null.'),
  ),
  output: json.check(
    z.describe('JSON: of the state where it was exited, of the function where it answered; else null.'),
  ),
  error: z.nullable(z.string()),
  cause: z.nullable(z.string()),
});
export type HistoryEventView = z.infer<typeof historyEvent>;

export const historyQuery = z.strictObject({
  machine: z._default(machine, 'regenerate-pin'),
  cursor: z.optional(cursor),
});

/** Oldest first, 500 on a page. `next` of a running execution’s last page is null, too: ask again from the last cursor. */
export const history = page(historyEvent);

export const stateMachineQuery = z.strictObject({
  execution: z.optional(
    executionName.check(z.describe('The definition as this execution ran by it, instead of the current one.')),
  ),
});

export const stateMachine = z.strictObject({
  name: machine,
  definition: z.record(z.string(), json).check(z.describe('Amazon States Language, with the functions’ ARNs.')),
});
