/** The platform with a practice in it, and the doors by which people and their EHR reach it. */

import type { DocumentReference, Patient } from 'fhir/r4';
import { Temporal } from 'temporal-polyfill';
import { DecisionRefusedError } from '../../../functions/domain/errors.ts';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import type { EhrEvent } from '../../../functions/domain/webhook/ehr-event.ts';
import type { Policy } from '../../../functions/runtime/policy.ts';
import { random } from '../../../functions/runtime/providers/practice.ts';
import type { StartAnswer } from '../../../functions/usecases/case/start.ts';
import { demoDirectory } from '../../../local/demo/directory.ts';
import { syntheticPin } from '../../../local/demo/signed-pin-update.ts';
import { outsidePorts } from '../../../local/http/ports.ts';
import { transactionOf } from '../../../local/load/practice.ts';
import { type Platform, startPlatform } from '../../../local/platform/platform.ts';
import { eventOf } from '../../../local/ses/ses-events.ts';
import { type EhrSender, ehrSender, secretOf } from '../../support/harness/ehr-sender.ts';
import { type AwsHiccup, createAwsHiccup } from './aws-hiccup.ts';
import { dayAt, sweepInstant } from './calendar.ts';
import { type Chance, chanceOf } from './chance.ts';
import { type Asked, type Diary, emptyDiary, note } from './diary.ts';
import { createMailService, type MailService } from './mail-service.ts';

const POLICY_FILE = 'local/demo/policy.json';

type Outside = ReturnType<typeof outsidePorts>;

export interface Practice {
  platform: Platform;
  diary: Diary;
  chance: Chance;
  policy: Policy;
  ports: Outside & { random: ReturnType<typeof random> };
  mail: MailService;
  aws: AwsHiccup;
  now(): number;
  /** Waits until nothing runs any more. */
  settled(): Promise<void>;
  patient(id: string): Promise<Patient & { id: string }>;
  change(id: string, changed: (patient: Patient) => Partial<Patient>): Promise<void>;
  /** Signed and current, or undefined. */
  livePin(id: string): Promise<DocumentReference | undefined>;
  /** Staff sign a PIN as they always did. */
  signByHand(id: string, at?: number): Promise<void>;
  /** The EHR sends a webhook, which is taken. */
  tell(event: EhrEvent): Promise<void>;
  /** The simplest of events: something happened to the patient just now. */
  tellOf(
    type: 'pin.issued' | 'portal.registered' | 'patient.email_changed' | 'patient.opted_out',
    id: string,
  ): Promise<void>;
  /** A person decides; a decision that does not fit the case is refused, and nothing happens. */
  decide(id: string, what: Asked['what'], decision: () => Promise<StartAnswer>): Promise<void>;
  /** Moves the clock to the sweep of the n-th day, during which Step Functions may be unwell for a moment. */
  moveTo(n: number, isAwsUnwell: boolean): Promise<void>;
}

export interface YearOptions {
  seed: number;
  /** The first day, an ISO date. */
  firstDay: string;
}

export async function openPractice({ seed, firstDay }: YearOptions): Promise<Practice> {
  const diary = emptyDiary();
  const chance = chanceOf(seed);
  const mail = createMailService({
    diary,
    chance,
    now: () => platform.clock.now(),
    latest: () => {
      const latest = platform.mailbox.mails().at(-1);
      if (latest === undefined) throw new Error('no mail was taken yet');
      return latest;
    },
    bounceSoftly: (bounced) => platform.emailEvents.publish([eventOf(bounced, 'SoftBounce') ?? []].flat()),
  });
  const aws = createAwsHiccup();
  const platform: Platform = await startPlatform({
    port: 0,
    policyFile: POLICY_FILE,
    retryIntervalMs: 1,
    around: {
      service(prefix, handler) {
        if (prefix === '/ses') return mail.around(handler);
        return prefix === '/stepfunctions' ? aws.around(handler) : handler;
      },
      step: (_name, handler) => handler,
    },
  });
  const ports = { ...outsidePorts(), random: random() };
  const { ehr } = platform;
  await ehr.load([transactionOf(demoDirectory())]);
  const sender: EhrSender = ehrSender(platform.endpoints.webhooks, await secretOf(platform.url));
  let pins = 0;
  let lapsed: string[] = [];
  platform.dynamodb.onRemoved((removals) => {
    const keys = removals.map(({ dynamodb }) => dynamodb?.Keys ?? {});
    lapsed = keys.flatMap(({ pk, sk }) => (sk?.S === 'PIN' ? [pk?.S?.slice('PATIENT#'.length) ?? ''] : []));
  });

  const practice: Practice = {
    platform,
    diary,
    chance,
    policy: ports.practice,
    ports,
    mail,
    aws,
    now: platform.clock.now,
    settled: () => platform.settled(),
    async patient(id) {
      const found = await ehr.read<Patient & { id: string }>('Patient', id);
      if (found === undefined) throw new Error(`no ${id} in the chart`);
      return found;
    },
    async change(id, changed) {
      const patient = await practice.patient(id);
      // Without the keys that became undefined.
      await ehr.staff.write(JSON.parse(JSON.stringify({ ...patient, ...changed(patient) })));
    },
    async livePin(id) {
      const documents = await ehr.search<DocumentReference>(`DocumentReference?patient=Patient/${id}&status=current`);
      return documents.find(({ docStatus }) => docStatus === 'final');
    },
    async signByHand(id, at = practice.now()) {
      pins += 1;
      // Far from those that were there before.
      await ehr.staff.signPinByHand(id, { pin: syntheticPin(10_000_000 + pins), at });
    },
    async tell(event) {
      const at = practice.now();
      const { status, body } = await sender.deliver(event);
      if (status !== 202) throw new Error(`${event.type}: ${status} ${JSON.stringify(body)}`);
      const { patientId } = event.data;
      note(diary.told, patientId, { at, type: event.type });
      if (body.execution !== null) diary.started.add(String(body.execution));
      // While processing is paused no request is taken; the requester was told so.
      if (event.type === 'pin.regeneration_requested' && body.decision !== 'PAUSED') {
        note(diary.asked, patientId, { at, what: 'regenerate' });
      }
      await practice.settled();
    },
    tellOf: (type, id) => practice.tell({ type, timestamp: toInstant(practice.now()), data: { patientId: id } }),
    async decide(patientId, what, decision) {
      const at = practice.now();
      try {
        const answer = await decision();
        if (answer.execution !== null) diary.started.add(answer.execution);
        if (answer.decision !== 'PAUSED' || what !== 'regenerate') note(diary.asked, patientId, { at, what });
      } catch (error) {
        if (!(error instanceof DecisionRefusedError)) throw error;
      }
      await practice.settled();
    },
    async moveTo(n, isAwsUnwell) {
      await practice.settled();
      lapsed = [];
      const from = sweepInstant(firstDay, n, { ...ports.practice.sweep, timeZone: ports.practice.timeZone });
      if (isAwsUnwell) aws.begin();
      await platform.clock.advance(from - practice.now());
      const hiccup = aws.end();
      diary.moves.push({ from, to: practice.now(), day: dayAt(from, ports.practice.timeZone), lapsed, hiccup });
    },
  };
  await toFirstDay(platform, firstDay, ports.practice.timeZone);
  return practice;
}

/** The year begins on the same day whenever it is played: at noon of the day before, when its sweep is over. */
async function toFirstDay({ clock }: Platform, firstDay: string, timeZone: string): Promise<void> {
  const before = Temporal.PlainDate.from(firstDay).subtract({ days: 1 });
  const begins = before.toZonedDateTime({ timeZone, plainTime: '12:00' }).epochMilliseconds;
  await clock.advance(begins - clock.now());
}
