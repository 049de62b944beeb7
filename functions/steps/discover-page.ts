/** DiscoverPage: reads the chart's signed PIN documents page by page, until its time is nearly over, and tracks them (P2, P8). */
import * as z from 'zod/mini';
import { clock, pause } from '../runtime/clock.ts';
import { ehr } from '../runtime/providers/chart.ts';
import { elapsed, fingerprint, policy } from '../runtime/providers/practice.ts';
import { caseRecords, discoveries, pinReservations, trackedPins } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { discoverPages } from '../usecases/batch/discover-pages.ts';

/** Identifies the discovery. The next page is in its record, because an EHR's link may hold anything. */
const cursor = z.nullable(z.string().check(z.minLength(1), z.maxLength(120)));
const input = z.strictObject({ execution: z.string().check(z.minLength(1)), cursor });
/** `isOver` beside the cursor: a Choice cannot tell null by Not. */
const output = z.strictObject({ isOver: z.boolean(), cursor });

/** 14 minutes: the last page begins after 8 at the latest, and takes 6 of the slowest EHR; its Lambda has 15. */
const DEADLINE_MS = 840_000;

export const handler = stepHandler({
  name: 'DiscoverPage',
  input,
  output,
  deadlineMs: DEADLINE_MS,
  ports: {
    ehr,
    cases: caseRecords,
    pins: trackedPins,
    reservations: pinReservations,
    fingerprint,
    discoveries,
    clock,
    pause: () => pause,
    practice: policy,
    elapsed,
  },
  run: async (ports, event) => {
    const next = await discoverPages(ports, event);
    return { isOver: next === null, cursor: next };
  },
});
