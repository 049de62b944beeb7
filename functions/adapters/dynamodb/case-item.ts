/** The shape of a stored case. Attributes this version does not know are ignored: a newer version wrote them. */
import * as z from 'zod/mini';
import {
  type Account,
  MESSAGE_KINDS,
  MESSAGE_STATES,
  PORTAL_EVENT_STATUSES,
  STAFF_TASK_CODES,
} from '../../domain/case/account.ts';
import { VIOLATIONS } from '../../domain/chart/chart.ts';
import { OUTCOMES } from '../../domain/outcomes.ts';
import { count, day, instant, text } from './stored.ts';

/** null is stored as no attribute. */
const orNull = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null);
/** An empty list is stored as no attribute. */
const list = <T extends z.ZodMiniType>(schema: T) => z._default(z.array(schema), []);

const draft = z.object({
  cycle: text,
  document: text,
  form: text,
  encounter: text,
  request: z.nullable(text),
  compared: z.object({ generalPractitioner: text, careTeam: text, author: text, draftOrders: z.array(text) }),
});

const message = z.object({
  kind: z.enum(MESSAGE_KINDS),
  state: z.enum(MESSAGE_STATES),
  document: text,
  sesId: z.nullable(text),
  filed: z.boolean(),
  returns: z.exactOptional(count),
  notBefore: z.exactOptional(day),
  gaveUp: z.exactOptional(z.literal(true)),
});

const staffTask = z.object({ code: z.enum(STAFF_TASK_CODES), reason: z.string(), document: z.exactOptional(text) });

export const caseItem: z.ZodMiniType<Omit<Account, 'patientId'>> = z.object({
  version: text,
  document: orNull(text),
  issuedAt: orNull(instant),
  expiresAt: orNull(instant),
  location: orNull(text),
  issuedBy: orNull(count),
  pickedUpAt: orNull(instant),
  registeredAt: orNull(instant),
  reminder: orNull(count),
  unclaimedCycles: z._default(count, 0),
  attempt: z._default(count, 0),
  execution: orNull(text),
  request: orNull(text),
  servedRequest: orNull(text),
  failures: z._default(count, 0),
  lease: orNull(z.object({ owner: text, until: instant })),
  draft: orNull(draft),
  message: orNull(message),
  pickupToken: orNull(text),
  violations: list(z.enum(VIOLATIONS)),
  staffTasks: list(staffTask),
  rejectedAddresses: list(text),
  complainedAt: orNull(instant),
  portalEvent: orNull(z.object({ status: z.enum(PORTAL_EVENT_STATUSES), at: instant })),
  newsAt: orNull(instant),
  outcome: orNull(z.enum([...OUTCOMES, 'FAILED'])),
  reason: orNull(text),
  endedBy: orNull(text),
  endedAt: orNull(instant),
  nextCheckDay: orNull(day),
  unresolvedSince: orNull(instant),
  withoutAccessSince: orNull(instant),
});
