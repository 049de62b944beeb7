/** What must hold of a year, by chart, mailbox and diary; each answers with what does not. */
import { addDays, dayAt, daysBetween } from './calendar.ts';
import { type Diary, isWithinOne } from './diary.ts';
import { addressesIn, obstacleAt } from './eligibility.ts';
import {
  type Case,
  hasPinAt,
  isLookedAt,
  isOwedAt,
  knownSince,
  newestPinAt,
  type Rules,
  unclaimedAt,
} from './expectations.ts';
import { type ChartedPin, type History, patientAt } from './histories.ts';

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
    // A PIN is announced again at another address when the first one no longer exists or its owner complained.
    const counts = (mail: History['mails'][number]) => !mail.cameBack && !diary.refused.has(mail.to);
    const soFar = mails.filter((mail) => counts(mail) && pin.valid.from <= mail.at && mail.at <= at).length;
    const resent = asked.filter((each) => each.what === 'resend' && pin.valid.from <= each.at && each.at <= at).length;
    const age = daysBetween(dayAt(pin.signedAt, rules.timeZone), dayAt(at, rules.timeZone));
    const reminders = rules.reminderDays.filter((day) => day <= age).length;
    const allowed = (pin.ours ? 1 : 0) + reminders + resent;
    if (soFar > allowed) found.push(`${id} got mail ${soFar} of ${allowed} for one PIN at ${shown(at)}`);
    // Never to an address that had shown itself of no use.
    if (at > (diary.refused.get(to) ?? at)) found.push(`${id} was sent to ${to} again at ${shown(at)}`);
    if (at >= pin.expiresAt) found.push(`${id} got mail for a dead PIN at ${shown(at)}`);
    if (obstacleAt(pieces, at) === 'standing') found.push(`${id} got mail at ${shown(at)} although none is due`);
    const patient = patientAt(history, at);
    if (patient === undefined || !addressesIn(patient).includes(to)) {
      found.push(`${id} got mail at ${shown(at)} at an address that the chart does not have`);
    }
    return found;
  });
}

/** Each patient with a PIN of ours is notified, and reminded on the policy's days by the next working sweep. */
export function mailsMissing(each: Case, diary: Diary, rules: Rules): string[] {
  const { history, pieces } = each;
  return diary.moves.flatMap((move) => {
    const pin = newestPinAt(history, move.to);
    if (pin === undefined || !hasPinAt(history, move.to)) return [];
    if (isWithinOne(diary.mailDown, move.from) || !isLookedAt(each, move, diary, rules)) return [];
    // Refused or bounced in that very sweep.
    if (obstacleAt(pieces, move.to) !== null) return [];
    const hasMailSince = (since: number) =>
      history.mails.some(({ at, cameBack }) => !cameBack && since <= at && at <= move.to) || isLost(since);
    // Unknown delivery is left to staff; a mail that came back once is sent again the next day.
    const isLost = (since: number) =>
      diary.lost.some(({ at, address }) => since <= at && at <= move.to && address.includes(history.id)) ||
      history.mails.some(({ at, cameBack }) => cameBack && move.from <= at && at <= move.to);
    const found: string[] = [];
    if (pin.ours && !hasMailSince(pin.valid.from)) found.push('no mail about it');
    const reminded = reminderDayBy(each, pin, move.day, diary, rules);
    if (reminded !== null && !hasMailSince(Date.parse(`${reminded}T00:00:00Z`))) found.push('was not reminded of');
    return found.map((what) => `${history.id} has a PIN that ${what}, after the sweep of ${move.day}`);
  });
}

/** The latest reminder day of the PIN that had come by `day`, if the product knew of the PIN before it; else null. */
function reminderDayBy(each: Case, pin: ChartedPin, day: string, diary: Diary, rules: Rules): string | null {
  const known = knownSince(each, pin, diary);
  const issued = dayAt(pin.signedAt, rules.timeZone);
  const latest = rules.reminderDays.findLast((after) => addDays(issued, after) <= day);
  if (known === null || latest === undefined) return null;
  const date = addDays(issued, latest);
  return dayAt(known, rules.timeZone) < date ? date : null;
}
