/** What is refused, and the way out: problem documents (RFC 9457) of the admin API. */
import * as z from 'zod/mini';
import { patient } from './patients.ts';

/** Name → status, title, detail. The name is the last part of the document’s `type`. */
export const ADMIN_PROBLEMS = {
  'not-found': [404, 'Nothing is here', 'The paths are listed in docs/openapi/admin-api.json.'],
  'patient-unknown': [
    404,
    'No record of this patient',
    'No PIN of theirs is tracked. It is the id of the FHIR Patient.',
  ],
  'patient-gone': [
    404,
    'The EHR does not know this patient any more',
    'Nothing was done. Look the patient up in the EHR: the chart was deleted or merged.',
  ],
  'execution-unknown': [
    404,
    'No such execution',
    'Step Functions forgets executions after 90 days; check the name and the machine.',
  ],
  'sweep-unknown': [404, 'No such sweep', 'GET /api/sweeps lists those of a day; they are kept for a year.'],
  'machine-unknown': [404, 'No such state machine', 'It is not deployed here.'],
  'method-not-allowed': [405, 'Not this method', 'Use the method that `Allow` names.'],
  'content-too-large': [413, 'Too large', 'A body has at most 16384 bytes.'],
  'unsupported-media-type': [
    415,
    'No JSON in UTF-8',
    'Send content-type application/json, in UTF-8, without a content-encoding.',
  ],
  'malformed-body': [400, 'The body is no JSON', 'Send one JSON object in UTF-8, as the schema has it.'],
  'malformed-key': [
    400,
    'Idempotency-Key is missing or malformed',
    'Send one with every action: 8 to 100 letters, digits, - or _; the same when it is repeated.',
  ],
  'not-signed-in': [401, 'Not signed in', 'Sign in and send the access token as Authorization: Bearer.'],
  'not-allowed': [
    403,
    'Not allowed',
    'Reading takes the group viewer or operator, acting takes operator. An administrator of the user pool puts people into groups.',
  ],
  'foreign-origin': [403, 'Another site’s page', 'Only the console’s own pages may call this.'],
  'wrong-query': [422, 'The query is wrong', 'Correct what `errors` names.'],
  'wrong-body': [422, 'The body is wrong', 'Correct what `errors` names.'],
  'wrong-cursor': [422, 'The cursor is no cursor of this list', 'Begin at the first page.'],
  'other-body': [422, 'This Idempotency-Key had another request', 'Give every action a key of its own.'],
  'case-changed': [
    409,
    'The case has changed meanwhile',
    'Nothing was done. `patient` is how it stands now; decide again.',
  ],
  'decision-refused': [
    409,
    'The action does not fit the case',
    'Nothing was done. `code` says why; `patient` is how the case stands now.',
  ],
  'starts-paused': [409, 'All starts are paused', 'Nothing was done. Resume first.'],
  'sweep-running': [409, 'A sweep is running', 'Nothing was done. Wait for its end; GET /api/sweeps shows it.'],
  'in-flight': [
    409,
    'The same request is being done',
    'Repeat it with the same Idempotency-Key after Retry-After; it gets the same answer.',
  ],
  unavailable: [
    503,
    'Not done in time',
    'The EHR or AWS does not answer. Repeat it after Retry-After, an action with the same Idempotency-Key.',
  ],
  internal: [500, 'Failed', 'Repeat it later. The log says what is to be mended here.'],
} as const satisfies Record<string, readonly [status: number, title: string, detail: string]>;

export type AdminProblem = keyof typeof ADMIN_PROBLEMS;

/** Why an action does not fit; see `actions` for what does. */
export const REFUSALS = ['IN_PROGRESS', 'NOT_HELD', 'NO_MESSAGE', 'PIN_EXPIRED', 'NOTHING_TO_ACKNOWLEDGE'] as const;

export const problemDocument = z.strictObject({
  type: z
    .string()
    .check(z.describe(`https://portal-pin.example/problems/ and one of ${Object.keys(ADMIN_PROBLEMS).join(', ')}.`)),
  title: z.string(),
  status: z.int(),
  detail: z.string().check(z.describe('The way out.')),
  errors: z.optional(
    z.array(
      z.strictObject({
        pointer: z.optional(z.string().check(z.describe('Where in the body: a JSON Pointer.'))),
        parameter: z.optional(z.string().check(z.describe('Which parameter of the query.'))),
        detail: z.string(),
      }),
    ),
  ),
  code: z.optional(z.enum(REFUSALS).check(z.describe('With decision-refused.'))),
  patient: z.optional(patient.check(z.describe('With case-changed and decision-refused: how the case stands now.'))),
});
