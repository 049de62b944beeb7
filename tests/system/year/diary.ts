/** Events of the year that neither chart, mailbox nor table records; each actor writes its own. */
import type { EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';

/** Milliseconds of practice time, `to` not included. */
export interface Period {
  from: number;
  to: number;
}

/** A move of the clock to the hour of the sweep: TTL, lapses, sweep, and all that they started. */
export interface Move extends Period {
  /** The practice's day. */
  day: string;
  /** Patients with a PIN item that TTL removed. */
  lapsed: string[];
  /** Whether Step Functions refused starts meanwhile. */
  hiccup: boolean;
}

export interface Told {
  at: number;
  type: EhrEvent['type'];
}

export interface Asked {
  at: number;
  what: 'regenerate' | 'resend' | 'release';
}

export interface Diary {
  /** Webhooks that were taken, by patient. */
  told: Map<string, Told[]>;
  /** What people asked for and got, by patient. */
  asked: Map<string, Asked[]>;
  /** Names of the executions that webhooks and people were told of. */
  started: Set<string>;
  /** Addresses that are of no use any more, when they first showed it: refused by SES, bounced, or complained. */
  refused: Map<string, number>;
  /** Ids of mails that were never received. */
  cameBack: Set<string>;
  /** Patients with a mail that SES reported on. */
  emailFeedback: Set<string>;
  /** Mails that left and were never answered for, and whether they arrived. */
  lost: { at: number; address: string; arrived: boolean }[];
  ehrDown: Period[];
  mailDown: Period[];
  paused: Period[];
  moves: Move[];
}

export function emptyDiary(): Diary {
  return {
    told: new Map(),
    asked: new Map(),
    started: new Set(),
    refused: new Map(),
    cameBack: new Set(),
    emailFeedback: new Set(),
    lost: [],
    ehrDown: [],
    mailDown: [],
    paused: [],
    moves: [],
  };
}

export function isWithinOne(periods: readonly Period[], at: number): boolean {
  return periods.some(({ from, to }) => from <= at && at < to);
}

/** Appends to the list of a key. */
export function note<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [one]);
  else list.push(one);
}
