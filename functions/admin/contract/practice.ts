/** The practice: its policy, its pause switch, and the caller. */
import * as z from 'zod/mini';
import { cursor, executionName, instant, limit, page, why } from './common.ts';
import { paused } from './work.ts';

export const practice = z.strictObject({
  settings: z
    .array(
      z.strictObject({
        key: z.string().check(z.describe('Path in the policy file, e.g. `sweep.hour`.')),
        value: z.unknown().check(z.describe('As in the policy file.')),
        explanation: z.string(),
      }),
    )
    .check(z.describe('Every setting of the policy. It is changed by a deployment, not here.')),
});

export const GROUPS = ['viewer', 'operator'] as const;

export const me = z.strictObject({
  name: z.string().check(z.describe('The name recorded with every decision.')),
  groups: z.array(z.enum(GROUPS)),
  canAct: z.boolean().check(z.describe('Whether actions are allowed: operators’.')),
});

export const pauseOrder = z.strictObject({ reason: why });
export const pauseState = z.strictObject({ paused });

export const decision = z.strictObject({
  id: z.string(),
  action: z.enum(['pause', 'resume', 'sweep', 'dry-run']),
  actor: z.string(),
  reason: z.string(),
  at: instant,
  execution: z.nullable(executionName).check(z.describe('The sweep that was started.')),
});

export const decisionsQuery = z.strictObject({ cursor: z.optional(cursor), limit });

/** Of the practice as a whole, newest first; a patient’s are with the patient. */
export const decisions = page(decision);
