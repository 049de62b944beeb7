/** What must hold of a year, by chart, mailbox and diary; each answers with what does not. */
import { dayAt, daysBetween } from './calendar.ts';
import { type Diary, isWithinOne } from './diary.ts';
import { addressesIn, obstacleAt } from './eligibility.ts';
import { type Case, hasPinAt, isOwedAt, newestPinAt, type Rules, unclaimedAt } from './expectations.ts';
import { patientAt } from './histories.ts';

const shown = (at: number) => new Date(at).toISOString();

/** No unregistered eligible patient is without a valid PIN for longer than to the next sweep that can work. */
export function withoutPin(each: Case, diary: Diary, rules: Rules): string[] {
  const { history } = each;
  return diary.moves.flatMap((move) => {
    const isFine = !isOwedAt(each, move, diary, rules) || hasPinAt(history, move.from) || hasPinAt(history, move.to);
    return isFine ? [] : [`${history.id} has no valid PIN after the sweep of ${move.day}`];
  });
}

/** Never two that live, and none replaced before its time unless a person asked. */
export function pinsTooMany(each: Case, diary: Diary, rules: Rules): string[] {
  const { history, pieces } = each;
  const { id, pins } = history;
  const asked = diary.asked.get(id) ?? [];
  return pins.flatMap((pin, index) => {
    const at = pin.valid.from;
    const before = pins[index - 1];
    const found: string[] = [];
    if (pins.some((other) => other !== pin && other.valid.from <= at && at < other.valid.to)) {
      found.push(`${id} has two live PINs at ${shown(at)}`);
    }
    if (!pin.ours) return found;
    const isAsked = asked.some(
      (each) => each.what === 'regenerate' && (before?.valid.from ?? 0) <= each.at && each.at <= at,
    );
    if (!isAsked && at < (before?.expiresAt ?? 0)) found.push(`${id} got a new PIN at ${shown(at)}, too early`);
    if (!isAsked && unclaimedAt(each, at, diary) >= rules.cycleLimit) {
      found.push(`${id} got a new PIN at ${shown(at)}, beyond the limit of cycles`);
    }
    const obstacle = obstacleAt(pieces, at);
    if (obstacle !== null) found.push(`${id} got a new PIN at ${shown(at)} in spite of: ${obstacle}`);
    return found;
  });
}

/** Per PIN one notification of ours, one mail for each reminder day that has come, and what people asked for. */
export function mailsTooMany(each: Case, diary: Diary, rules: Rules): string[] {
  const { history, pieces } = each;
  const { id, mails } = history;
  const asked = diary.asked.get(id) ?? [];
  return mails.flatMap(({ at, to }) => {
    const pin = newestPinAt(history, at);
    if (pin === undefined) return [`${id} got mail at ${shown(at)} without a PIN`];
    const found: string[] = [];
    const soFar = mails.filter((mail) => pin.valid.from <= mail.at && mail.at <= at).length;
    const resent = asked.filter((each) => each.what === 'resend' && pin.valid.from <= each.at && each.at <= at).length;
    const age = daysBetween(dayAt(pin.signedAt, rules.timeZone), dayAt(at, rules.timeZone));
    const reminders = rules.reminderDays.filter((day) => day <= age).length;
    const allowed = (pin.ours ? 1 : 0) + reminders + resent;
    if (soFar > allowed) found.push(`${id} got mail ${soFar} of ${allowed} for one PIN at ${shown(at)}`);
    if (at >= pin.expiresAt) found.push(`${id} got mail for a dead PIN at ${shown(at)}`);
    if (obstacleAt(pieces, at) === 'standing') found.push(`${id} got mail at ${shown(at)}, who is not to have any`);
    const patient = patientAt(history, at);
    if (patient === undefined || !addressesIn(patient).includes(to)) {
      found.push(`${id} got mail at ${shown(at)} at an address that the chart does not have`);
    }
    return found;
  });
}

/** Whoever got a PIN of ours is told, by the next sweep that can work; a mail that got lost is left to people. */
export function mailsMissing(each: Case, diary: Diary, rules: Rules): string[] {
  const { history, pieces } = each;
  return diary.moves.flatMap((move) => {
    const pin = newestPinAt(history, move.to);
    if (pin === undefined || !pin.ours || !hasPinAt(history, move.to)) return [];
    if (isWithinOne(diary.mailDown, move.from) || !isOwedAt(each, move, diary, rules)) return [];
    // Refused in that very sweep.
    if (obstacleAt(pieces, move.to) !== null) return [];
    const since = (at: number) => pin.valid.from <= at && at <= move.to;
    const isTold = history.mails.some(({ at }) => since(at));
    const isLost = diary.lost.some(({ at, address }) => since(at) && address.includes(history.id));
    return isTold || isLost ? [] : [`${history.id} has a PIN that nobody told of, after the sweep of ${move.day}`];
  });
}
