/** SweepMinute: one minute of the daily sweep, which starts an execution for every due patient (P2). */
import * as z from 'zod/mini';
import { clock, pause } from '../runtime/clock.ts';
import { executions } from '../runtime/providers/executions.ts';
import { elapsed, policy } from '../runtime/providers/practice.ts';
import {
  caseRecords,
  dueCases,
  pauseSwitch,
  shards,
  staffRequests,
  sweepRecords,
} from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { sweepMinute } from '../usecases/batch/sweep-minute.ts';

const count = z.int().check(z.minimum(0));
const cursor = z.nullable(
  z.strictObject({ day: z.iso.date(), minute: count, shard: count, after: z.nullable(z.string()) }),
);
const input = z.strictObject({ execution: z.string().check(z.minLength(1)), dryRun: z.boolean(), cursor });
/** `isOver` beside the cursor: a Choice cannot tell null by Not. */
const output = z.strictObject({ isOver: z.boolean(), cursor });

/** 80 s: the minute, and what a page that began in its last seconds takes; its Lambda has 90 s. */
const DEADLINE_MS = 80_000;

export const handler = stepHandler({
  name: 'SweepMinute',
  input,
  output,
  deadlineMs: DEADLINE_MS,
  ports: {
    cases: caseRecords,
    dueCases,
    staffRequests,
    executions,
    pauseSwitch,
    sweeps: sweepRecords,
    clock,
    pause: () => pause,
    practice: policy,
    shards,
    elapsed,
  },
  run: async (ports, event) => {
    const next = await sweepMinute(ports, event);
    return { isOver: next === null, cursor: next };
  },
});
