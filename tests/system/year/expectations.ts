/** From which sweep on the product had to give a patient a PIN. */
import { dayAt, daysBetween } from './calendar.ts';
import { type Diary, isWithinOne, type Move, type Told } from './diary.ts';
import { freeSince, type Obstacle, type Piece } from './eligibility.ts';
import type { ChartedPin, History } from './histories.ts';
import type { Life } from './lives.ts';

/** Of the policy. */
export interface Rules {
  timeZone: string;
  recheckDays: number;
  cycleLimit: number;
  reminderDays: readonly number[];
}

export interface Case {
  history: History;
  life: Life;
  pieces: readonly Piece[];
}

/** By which event the EHR tells that an obstacle is gone. */
const TELLS: Record<Obstacle, Told['type']> = {
  standing: 'pin.issued',
  address: 'patient.email_changed',
  provider: 'patient.updated',
};

/** Consecutive unused PINs of ours since staff last ended a hold. */
export function unclaimedAt({ history }: Case, at: number, diary: Diary): number {
  const asked = diary.asked.get(history.id) ?? [];
  const released = asked.findLast((each) => each.what === 'release' && each.at < at);
  return history.pins.filter(({ ours, valid }) => ours && valid.from < at && valid.from > (released?.at ?? 0)).length;
}

export function hasPinAt({ pins }: History, at: number): boolean {
  return pins.some(({ valid, expiresAt }) => valid.from <= at && at < Math.min(valid.to, expiresAt));
}

export function newestPinAt({ pins }: History, at: number): ChartedPin | undefined {
  return pins.findLast(({ valid }) => valid.from <= at);
}

/**
 * Whether this sweep had to look at the patient and could: nothing was in the way, the product knew of a PIN and, where
 * something had been in the way, was told or had its recheck day; the EHR was up, starts were not paused.
 */
export function isLookedAt({ history, life, pieces }: Case, move: Move, diary: Diary, rules: Rules): boolean {
  const at = move.from;
  if (isWithinOne(diary.ehrDown, at) || isWithinOne(diary.paused, at)) return false;
  const free = freeSince(pieces, at);
  if (free === null) return false;
  const told = diary.told.get(history.id) ?? [];
  const wasTold = (type: string, since: number) =>
    told.some((each) => each.type === type && since <= each.at && each.at < at);
  const isKnown = life.firstPinDay < 0 || wasTold('pin.issued', 0);
  if (!isKnown) return false;
  if (free.was === null || wasTold(TELLS[free.was], free.from)) return true;
  // A returning patient gets a PIN by hand; without a report no check is expected.
  if (free.was === 'standing') return false;
  return daysBetween(dayAt(free.from, rules.timeZone), move.day) >= rules.recheckDays;
}

/** Whether the patient had to have a valid PIN after this sweep: looked at, and not held by the limit of cycles. */
export function isOwedAt(each: Case, move: Move, diary: Diary, rules: Rules): boolean {
  return unclaimedAt(each, move.from, diary) < rules.cycleLimit && isLookedAt(each, move, diary, rules);
}

/** The latest time by which the product knew of a PIN; null: it was never told. */
export function knownSince({ history, life }: Case, pin: ChartedPin, diary: Diary): number | null {
  if (pin.ours || (life.firstPinDay < 0 && pin === history.pins[0])) return pin.valid.from;
  const told = diary.told.get(history.id) ?? [];
  return told.find(({ type, at }) => type === 'pin.issued' && pin.valid.from <= at)?.at ?? null;
}
