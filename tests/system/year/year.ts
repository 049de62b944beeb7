/** One year of a practice, day by day: what people do, the bad days, and the clock that moves from sweep to sweep. */
import type { Bundle, Task } from 'fhir/r4';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { trackPin } from '../../../functions/usecases/regeneration/track-pin.ts';
import type { Fault } from '../../../local/ehr/faults.ts';
import { transactionOf } from '../../../local/load/practice.ts';
import { between } from './chance.ts';
import { createDayBook } from './day-book.ts';
import { type Life, lifeOf, patientOf } from './lives.ts';
import { createPeople, firstChart } from './people.ts';
import { openPractice, type Practice, type YearOptions } from './practice.ts';

export interface Year {
  practice: Practice;
  lives: readonly Life[];
  /** What did not add up, day by day. */
  brokenDays: string[];
}

export interface YearOrder extends YearOptions {
  patients: number;
  days: number;
}

type Action = () => Promise<void>;

/** Each about a month after the one before, the first in the third week. */
const OUTAGES: readonly Omit<Fault, 'times'>[] = [
  { fault: { kind: 'status', status: 503 } },
  { fault: { kind: 'drop' } },
  { fault: { kind: 'status', status: 429, retryAfter: 60 } },
  // Reads work and writes take effect, but every answer to a write is lost.
  { route: '', when: 'after', fault: { kind: 'drop' } },
  { fault: { kind: 'html' } },
  { route: '', fault: { kind: 'status', status: 500 } },
];

/** Share of the notified patients. */
const REGISTERING_SHARE = 0.35;

export async function playYear(order: YearOrder): Promise<Year> {
  const { patients, days } = order;
  const practice = await openPractice(order);
  const { chance, platform, ports, diary, mail } = practice;
  const { ehr } = platform;
  const people = createPeople(practice);
  const lives = Array.from({ length: patients }, (_, index) => lifeOf(chance, index + 1));
  const byId = new Map(lives.map((life) => [life.id, life]));
  const agenda = new Map<number, Action[]>();
  const heard = new Map<string, number>();
  let day = 0;

  const plan = (on: number, action: Action) => agenda.set(on, [...(agenda.get(on) ?? []), action]);
  const inDays = (first: number, last: number, ...subject: string[]) => day + between(chance(...subject), first, last);

  /** A notified patient may register some day. */
  function hear(id: string): void {
    const times = (heard.get(id) ?? 0) + 1;
    heard.set(id, times);
    const learntAt = practice.now();
    const subject = [id, String(times)];
    if (chance('registers', ...subject) >= REGISTERING_SHARE) return;
    plan(inDays(1, 29, 'registers when', ...subject), () => people.register(id, learntAt));
  }

  /** The front desk works off the Tasks that the product opens, some day or never. */
  function takeTask({ for: patient, code }: Task, place: number): void {
    const id = patient?.reference?.replace('Patient/', '') ?? '';
    const life = byId.get(id);
    if (life === undefined) return;
    const isDone = chance('task', id, place) < 0.8;
    const on = inDays(1, 20, 'task day', id, String(place));
    switch (code?.coding?.[0]?.code) {
      case 'enter-email':
        if (isDone) plan(on, () => people.enterAddress(life));
        return;
      case 'resolve-provider':
        if (isDone) plan(on, () => people.enterProvider(life));
        return;
      case 'review-chart':
        if (chance('released', id, place) < 0.4) plan(on, () => people.releaseHold(id));
        return;
      case 'notify-patient':
        if (isDone) plan(on, () => people.resendMail(id));
    }
  }

  let tasks = 0;
  ehr.onRequest(({ phase, request, answer }) => {
    if (phase !== 'after' || request.method !== 'POST' || request.route !== '' || answer?.status !== 200) return;
    const answered: Bundle = JSON.parse(answer.body);
    for (const { resource, response } of answered.entry ?? []) {
      if (resource?.resourceType === 'Task' && response?.status.startsWith('201')) takeTask(resource, ++tasks);
    }
  });

  await ehr.load(lives.map((life) => transactionOf(firstChart(life, practice.now()))));
  for (const life of lives) {
    const { id, firstPinDay, leaves } = life;
    if (firstPinDay < 0) await trackPin(ports, id);
    else plan(firstPinDay, () => people.issueFirstPin(life));
    if (firstPinDay >= 0) {
      plan(firstPinDay + life.toldAfter, async () => {
        await people.tellOfPin(life);
        hear(id);
      });
    }
    for (const on of life.asksOn) plan(on, () => people.askForNewPin(life));
    for (const on of life.byHandOn) plan(on, () => people.signByHand(life));
    if (leaves !== null) plan(leaves.day, () => people.leave(life));
    if (leaves?.how === 'opts out' && life.comesBackAfter !== null) {
      plan(leaves.day + life.comesBackAfter, () => people.comeBack(life));
    }
  }

  const ehrDown = daysOf(
    days,
    30,
    (n) => between(chance('outage', n), 17, 24),
    (n) => (n === 1 ? 2 : 1),
  );
  const mailDown = daysOf(
    days,
    60,
    (n) => between(chance('mail outage', n), 5, 12),
    () => 1,
  );
  const pausedDays = daysOf(
    days,
    150,
    (n) => between(chance('pause', n), 40, 60),
    () => 4,
  );
  const unwell = daysOf(
    days,
    20,
    (n) => between(chance('AWS', n), 0, 19),
    () => 1,
  );
  const brokenDays: string[] = [];
  const brokenDay = createDayBook(practice);

  for (day = 0; day < days; day++) {
    const isPaused = pausedDays.has(day);
    const outage = ehrDown.get(day);
    await ports.pauseSwitch.set(isPaused ? { actor: 'admin', reason: 'a pause', at: toInstant(practice.now()) } : null);
    if (outage !== undefined)
      ehr.fail({ ...OUTAGES[outage % OUTAGES.length], times: Number.POSITIVE_INFINITY } as Fault);
    mail.isDown = mailDown.has(day);
    const begins = practice.now();
    await practice.moveTo(day, unwell.has(day));
    brokenDays.push(...(await brokenDay()));
    // An EHR that is down is down for its own staff, too.
    const actions = agenda.get(day) ?? [];
    agenda.delete(day);
    if (outage !== undefined) agenda.set(day + 1, [...actions, ...(agenda.get(day + 1) ?? [])]);
    else for (const action of actions) await action();
    ehr.clearFaults();
    const period = { from: begins, to: practice.now() };
    if (isPaused) diary.paused.push(period);
    if (outage !== undefined) diary.ehrDown.push(period);
    if (mail.isDown) diary.mailDown.push(period);
    for (const address of mail.arrivals()) hear(patientOf(address));
  }
  return { practice, lives, brokenDays };
}

/** Some days in every `every`, with the number of the time they belong to. */
function daysOf(
  days: number,
  every: number,
  offset: (n: number) => number,
  length: (n: number) => number,
): Map<number, number> {
  const found = new Map<number, number>();
  for (let n = 0; n * every < days; n++) {
    for (let more = 0; more < length(n); more++) found.set(n * every + offset(n) + more, n);
  }
  return found;
}
