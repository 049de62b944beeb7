/** The shapes that travel between states: opaque ids, counters, verdicts. Under 1 KB, and nothing that identifies a person. */
import * as z from 'zod/mini';
import { ADDRESS_VERDICTS, STANDINGS } from '../chart/patient.ts';
import { OUTCOMES, REASONS } from '../outcomes.ts';
import { DUES } from './due.ts';

/**
 * FHIR R4 id, https://hl7.org/fhir/R4/datatypes.html#id. An unknown one is the EHR's to refuse, a malformed one ours; `.` and
 * `..` would lead to another path.
 */
export const fhirId = z.string().check(z.regex(/^(?!\.{1,2}$)[A-Za-z0-9.-]{1,64}$/));

/** The name of the execution that runs the step, and its patient. */
export const stepInput = { execution: z.string().check(z.minLength(1)), patientId: fhirId };

export const patientFacts = z.strictObject({ standing: z.enum(STANDINGS), address: z.enum(ADDRESS_VERDICTS) });

export const reason = z.nullable(z.enum(REASONS));

/** What Step Functions' Catch writes; null until something was caught. */
export const caughtError = z.nullable(z.object({ Error: z.string(), Cause: z._default(z.string(), '') }));

export const DECISION_DUES = [...DUES, 'DISCARD'] as const;
export const NEXT_STEPS = [...DUES, 'FAIL', 'VIOLATED'] as const;

/** Written by CheckExpiry and DiscardDraft at `$.decision`; the two Choices read `due` and `next`. */
export const decision = z.strictObject({
  due: z.enum(DECISION_DUES),
  /** With DISCARD: what remains afterwards; else null. */
  next: z.nullable(z.enum(NEXT_STEPS)),
  reason,
  /** Id of the chart's newest signed PIN document: what is replaced. */
  cycle: z.nullable(fhirId),
  error: caughtError,
});
export type Decision = z.infer<typeof decision>;

export const ending = z.strictObject({ outcome: z.enum(OUTCOMES), reason });
