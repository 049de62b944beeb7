/** What one step needs around it: a case in memory, an EHR that answers only what the test gives, and counters. */
import { type Account, newAccount } from '../../../functions/domain/case/account.ts';
import { RecordConflictError } from '../../../functions/domain/errors.ts';
import type { CaseRecords } from '../../../functions/ports/case/case-records.ts';
import type { TrackedPin } from '../../../functions/ports/case/tracked-pins.ts';
import type { Ehr } from '../../../functions/ports/ehr/ehr.ts';
import type { EndedCase } from '../../../functions/ports/metrics.ts';

export const NOW = Date.parse('2026-06-15T12:00:00Z');
export const EXECUTION = 'x1';
export const LEASE = { owner: EXECUTION, until: '2026-06-15T13:00:00Z' };
/** Noon in the practice's zone on the day of NOW. */
export const PRACTICE = { timeZone: 'America/New_York', recheckDays: 7, reminderDays: [20, 27] };

/** A case under the lease of EXECUTION; `more` replaces single fields. */
export function leasedCase(more: Partial<Account> = {}): Account {
  return { ...newAccount('p1'), version: 'v1', attempt: 1, execution: EXECUTION, lease: LEASE, ...more };
}

/** One stored case; a save over an outdated one is a RecordConflictError, as in the table. */
export function storeOf(first: Account | null) {
  const state = { stored: first, saves: 0 };
  const cases: CaseRecords = {
    read: async () => state.stored,
    save: async (previous, next) => {
      if ((previous?.version ?? null) !== (state.stored?.version ?? null)) throw new RecordConflictError('CHANGED');
      state.saves += 1;
      state.stored = { ...next, version: `v${state.saves + 1}` };
      return state.stored;
    },
  };
  return { state, cases };
}

/** An EHR that notes its calls and fails those without an answer of the test's. */
export function ehrWith(answers: Partial<Ehr>, calls: string[] = []): Ehr {
  const unexpected = (name: keyof Ehr) => () => Promise.reject(new Error(`unexpected call of ${name}`));
  const noted = <Name extends keyof Ehr>(name: Name): Ehr[Name] => {
    const answer = answers[name] ?? unexpected(name);
    return new Proxy(answer as Ehr[Name], {
      apply: (target, self, given: unknown[]) => {
        calls.push(name);
        return Reflect.apply(target, self, given);
      },
    });
  };
  return {
    readPatient: noted('readPatient'),
    fileMessage: noted('fileMessage'),
    noteFate: noted('noteFate'),
    openStaffTask: noted('openStaffTask'),
    closeStaffTask: noted('closeStaffTask'),
    readPinDocuments: noted('readPinDocuments'),
    readPin: noted('readPin'),
    countOurSigned: noted('countOurSigned'),
    listSignedPins: noted('listSignedPins'),
    readUpdateFacts: noted('readUpdateFacts'),
    openUpdate: noted('openUpdate'),
    endUpdate: noted('endUpdate'),
    readRouting: noted('readRouting'),
    cancelRouting: noted('cancelRouting'),
    reviewDraft: noted('reviewDraft'),
    sign: noted('sign'),
    readSigned: noted('readSigned'),
    discardDrafts: noted('discardDrafts'),
  };
}

/** The ports that every step of the workflow shares, around one stored case. */
export function stepWorld(account: Account | null, answers: Partial<Ehr> = {}) {
  const { state, cases } = storeOf(account);
  const calls: string[] = [];
  const ended: EndedCase[] = [];
  const pins: TrackedPin[] = [];
  const ports = {
    cases,
    ehr: ehrWith(answers, calls),
    pins: {
      put: async (pin: TrackedPin) => void pins.push(pin),
      read: async () => pins.at(-1) ?? null,
      remove: async () => void pins.splice(0),
    },
    reservations: { reserve: async () => true },
    staffRequests: { read: async () => null, put: async () => undefined },
    fingerprint: { of: async (text: string) => `mac of ${text.length}` },
    clock: { now: () => NOW },
    metrics: {
      ended: (each: EndedCase) => void ended.push(each),
      issued: () => undefined,
      pickedUp: () => undefined,
      pickupLocked: () => undefined,
      registered: () => undefined,
      emailFeedback: () => undefined,
    },
    random: { randomInt: () => 0, newId: () => 'id', bytes: (count: number) => new Uint8Array(count) },
    practice: PRACTICE,
  };
  return { ports, state, calls, ended, pins };
}
