/** A chart of any size, a table and the records of readings in memory, with a hand on every call. */

import type { Discovery } from '../../../functions/domain/batch/discovery.ts';
import { type Account, newAccount } from '../../../functions/domain/case/account.ts';
import type { PinDocument } from '../../../functions/domain/chart/chart.ts';
import { RecordConflictError } from '../../../functions/domain/errors.ts';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import type { TrackedPin } from '../../../functions/ports/case/tracked-pins.ts';
import type { SignedPinsPage } from '../../../functions/ports/ehr/ehr.ts';
import { type DiscoverPorts, discoverPages } from '../../../functions/usecases/batch/discover-pages.ts';

export const NOW = Date.parse('2026-06-15T12:00:00Z');
const DAY = 24 * 60 * 60 * 1000;
export const TODAY = '2026-06-15';

export interface WorldOptions {
  patients: number;
  /** Patients to a page; 50 unless told. */
  pageSize?: number;
  /** What the chart says of the n-th patient; one PIN by hand, 10 days old, unless told. */
  documents?: (n: number) => PinDocument[];
  /** Before each call takes effect; throws to fail it. @param about a patient's id or a bookmark */
  before?: (call: string, about: string | null) => void | Promise<void>;
  /** After it took effect; throws to lose its answer. */
  after?: (call: string, about: string | null) => void | Promise<void>;
  /** The page of a bookmark; as many as the patients fill unless told. */
  page?: (bookmark: string | null, usual: (bookmark: string | null) => SignedPinsPage) => SignedPinsPage | null;
  /** Milliseconds that each page takes. */
  pageMs?: number;
}

export const idOf = (n: number) => `p-${n}`;
const numberOf = (id: string) => Number(id.slice(2));

export function byHand(id: string, days: number): PinDocument {
  const date = toInstant(NOW - days * DAY);
  return { id, signed: true, date, cycleIdentifier: null, encounter: `enc-${id}`, location: null };
}

/** Promises that settle in the order they were made would hide what runs beside each other. */
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

export function discoveryWorld(options: WorldOptions) {
  const { patients, pageSize = 50, pageMs = 0 } = options;
  const documents = options.documents ?? ((n: number) => [byHand(`d-${n}`, 10)]);
  const accounts = new Map<string, Account>();
  const pins = new Map<string, TrackedPin>();
  const readings = new Map<string, Discovery>();
  const pauses: number[] = [];
  const state = { elapsed: 0, inFlight: 0, mostInFlight: 0, versions: 0, calls: [] as string[] };

  async function call<T>(name: string, about: string | null, effect: () => T, isOfEhr = false): Promise<T> {
    state.calls.push(name);
    if (isOfEhr) state.mostInFlight = Math.max(state.mostInFlight, ++state.inFlight);
    try {
      await tick();
      await options.before?.(name, about);
      const result = effect();
      await options.after?.(name, about);
      return result;
    } finally {
      if (isOfEhr) state.inFlight -= 1;
    }
  }
  const ofEhr = <T>(name: string, about: string | null, effect: () => T) => call(name, about, effect, true);

  const usual = (bookmark: string | null): SignedPinsPage => {
    const first = bookmark === null ? 0 : Number(bookmark);
    const last = Math.min(first + pageSize, patients);
    const patientIds = Array.from({ length: last - first }, (_, index) => idOf(first + index));
    return {
      documents: last - first,
      patientIds,
      withoutPatient: 0,
      next: last < patients ? String(last) : null,
    };
  };

  const ports = {
    ehr: {
      listSignedPins: (bookmark: string | null) =>
        ofEhr('listSignedPins', bookmark, () => {
          state.elapsed += pageMs;
          return options.page ? options.page(bookmark, usual) : usual(bookmark);
        }),
      readPinDocuments: (id: string) => ofEhr('readPinDocuments', id, () => documents(numberOf(id))),
      countOurSigned: (id: string) => ofEhr('countOurSigned', id, () => 0),
      readPin: (_patientId: string, encounter: string) => ofEhr('readPin', encounter, () => 'B122900125'),
    },
    cases: {
      read: (id: string) => call('read', id, () => accounts.get(id) ?? null),
      save: (previous: Account | null, next: Account) =>
        call('save', next.patientId, () => {
          if ((accounts.get(next.patientId) ?? null) !== previous) throw new RecordConflictError('ACCOUNT_CHANGED');
          accounts.set(next.patientId, next);
          return next;
        }),
    },
    pins: {
      put: (item: TrackedPin) => call('pins.put', item.patientId, () => void pins.set(item.patientId, item)),
    },
    reservations: {
      reserve: (_fingerprint: string, owner: string) => call('reservations.reserve', owner, () => true),
    },
    fingerprint: { of: (pin: string) => call('fingerprint', null, () => `mac of ${pin.length}`) },
    discoveries: {
      read: (id: string) => call('discoveries.read', id, () => readings.get(id) ?? null),
      latest: () => call('discoveries.latest', null, () => [...readings.values()].at(-1) ?? null),
      list: async () => [...readings.values()].reverse(),
      save: (previous: Discovery | null, next: Discovery) =>
        call('discoveries.save', next.bookmark, () => {
          if ((readings.get(next.id)?.version ?? null) !== (previous?.version ?? null)) {
            throw new RecordConflictError('DISCOVERY_CHANGED');
          }
          const stored = { ...next, version: `v${++state.versions}` };
          readings.set(next.id, stored);
          return stored;
        }),
    },
    clock: { now: () => NOW },
    practice: { timeZone: 'America/New_York', reminderDays: [20, 27] },
    pause: async (milliseconds: number) => void pauses.push(milliseconds),
    elapsed: () => state.elapsed,
  } as unknown as DiscoverPorts;

  /** One turn, as the state machine makes it. */
  function turn(execution: string, cursor: string | null) {
    state.elapsed = 0;
    return discoverPages(ports, { execution, cursor });
  }
  return {
    ports,
    state,
    accounts,
    pins,
    pauses,
    turn,
    /** A record made by another writer. */
    know(id: string) {
      const account = { ...newAccount(id), outcome: 'NOT_NEEDED' as const };
      accounts.set(id, account);
      return account;
    },
    reading: () => [...readings.values()].at(-1),
    readings: () => [...readings.values()],
    /** Turn after turn to the end; answers how many. */
    async discover(execution = 'run-1'): Promise<number> {
      let cursor: string | null = null;
      for (let turns = 1; ; turns++) {
        cursor = await turn(execution, cursor);
        if (cursor === null) return turns;
      }
    },
  };
}
