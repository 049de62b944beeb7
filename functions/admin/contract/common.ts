/** What several answers of the admin API have in common. */
import * as z from 'zod/mini';
import { MACHINES } from '../../domain/case/executions.ts';

/** As in URLs: FHIR's id, the patient's opaque one. */
export const patientId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9.-]{1,64}$/), z.describe('Id of the FHIR Patient. Opaque; identity is in the EHR.'));

export const executionName = z
  .string()
  .check(z.regex(/^[A-Za-z0-9._-]{1,80}$/), z.describe('Name of an execution in Step Functions.'));

export const instant = z.iso.datetime().check(z.describe('Instant in UTC, whole seconds.'));

/** As Step Functions has it. */
export const moment = z.iso.datetime().check(z.describe('Instant in UTC, with milliseconds.'));

export const day = z.iso.date().check(z.describe('Day in the practice’s time zone.'));

/** Cursor from the previous page. */
export const cursor = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(6000),
    z.regex(/^[A-Za-z0-9_-]+$/),
    z.describe('`next` of the page before. Opaque.'),
  );

const next = z
  .nullable(z.string())
  .check(
    z.describe(
      'Cursor of the page after this one; null: this is the last. A page may be short, even empty, and yet not the last.',
    ),
  );

export function page<Item extends z.ZodMiniType>(item: Item) {
  return z.strictObject({ items: z.array(item), next });
}

/** Items on a page, in a query string. */
export const limit = z._default(
  z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100), z.describe('Items on a page.')),
  50,
);

/** Why a person does what they do. */
export const why = z
  .string()
  .check(
    z.trim(),
    z.minLength(1),
    z.maxLength(500),
    z.describe('Reason in the user’s own words. Recorded with the user; shown to staff only.'),
  );

/** What was counted, up to a limit: an overview must not read a whole practice. */
export const count = z.strictObject({
  count: z.int().check(z.minimum(0)),
  isComplete: z.boolean().check(z.describe('false: there are at least so many; counting stopped there.')),
});

export const machine = z.enum(MACHINES).check(z.describe('A state machine, by the name of its ASL file.'));
