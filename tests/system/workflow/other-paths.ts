/** Paths on which nothing is regenerated, or a person is asked. */
import { EXTENSION } from '../../../functions/adapters/fhir/codes.ts';
import { addDays, dayOf } from '../../../functions/domain/time/calendar.ts';
import { DAY } from '../../../local/demo/case.ts';
import { email } from '../../../local/demo/chart-builders.ts';
import { FAMILY_DOCTORS } from '../../../local/demo/directory.ts';
import { type HttpHandler, readBody, send } from '../../../local/http/http-messages.ts';
import { sesError } from '../../../local/ses/ses-protocol.ts';
import { addressOf, chart, oldDocumentOf } from '../../support/harness/charts.ts';
import type { FailingPractice } from '../../support/harness/failing-practice.ts';
import { giveBack } from '../../support/harness/outside-call.ts';
import { type Path, REGENERATED } from './path.ts';

const refusedOf = (patientId: string) => `refused-${addressOf(patientId)}`;

/** The chart prefers an address that SES will never take. */
const chartOfRefused = (patientId: string, now: number) =>
  chart(patientId, now, 31, { telecom: [email(refusedOf(patientId)), email(addressOf(patientId))] });

/** SES refuses that address day after day, and takes the other one. */
function refuseAddress(practice: FailingPractice, patientId: string): void {
  const { status, body } = sesError(400, 'InvalidParameterValue', 'Domain contains illegal character');
  const refuses: HttpHandler = async (req, res) => {
    const mail = await readBody(req);
    if (mail.includes(encodeURIComponent(refusedOf(patientId)))) return send(res, status, 'text/xml', body);
    giveBack(req, mail);
    return practice.platform.mailbox.handleSes(req, res);
  };
  practice.journey(patientId).serve = ({ service }) => (service === '/ses' ? refuses : null);
}

/** The age in days of a PIN signed so many days of the calendar ago, at noon in New York: never near a change of day. */
function daysSinceNoon(now: number, days: number): number {
  const noon = Date.parse(`${addDays(dayOf(now, 'America/New_York'), -days)}T17:00:00Z`);
  return (now - noon) / DAY;
}

export const PATHS: readonly Path[] = [
  {
    name: 'no provider can be settled',
    chart: (patientId, now) => chart(patientId, now, 31, { generalPractitioner: [...FAMILY_DOCTORS] }),
    expected: (patientId) => ({
      ending: { outcome: 'HELD', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' },
      live: { document: oldDocumentOf(patientId) },
      mails: 0,
      staffTasks: ['resolve-provider RESPONSIBLE_PROVIDER_UNRESOLVED'],
    }),
    through: ['CheckExpiry', 'RegeneratePin', 'DiscardDraft', 'HoldForStaff'],
  },
  {
    name: 'no email address is entered',
    chart: (patientId, now) => chart(patientId, now, 31, { telecom: [] }),
    expected: (patientId) => ({
      ending: { outcome: 'EMAIL_MISSING', reason: 'NONE' },
      live: { document: oldDocumentOf(patientId) },
      mails: 0,
      staffTasks: ['enter-email NONE'],
    }),
    through: ['CheckExpiry', 'RequestEmail'],
  },
  {
    name: 'a PIN made by hand is adopted',
    chart: (patientId, now) => chart(patientId, now, 3),
    expected: (patientId) => ({
      ending: { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' },
      live: { document: oldDocumentOf(patientId) },
      mails: 0,
      staffTasks: [],
    }),
    through: ['CheckExpiry'],
  },
  {
    name: 'a reminder is sent',
    // Known since the day before its reminder; a PIN found for the first time gets no reminder.
    chart: (patientId, now) => chart(patientId, now, daysSinceNoon(now, 19)),
    yesterday: async (practice, patientId) => {
      await practice.run(patientId);
    },
    expected: (patientId) => ({
      ending: { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' },
      live: { document: oldDocumentOf(patientId) },
      mails: 1,
      staffTasks: [],
    }),
    through: ['VerifyEmail', 'CheckExpiry', 'SendEnrollmentNotification'],
  },
  {
    name: 'SES refuses the mail of the first day',
    chart: (patientId, now) => chart(patientId, now, 31),
    today: (practice, patientId, day) => {
      if (day > 0) return;
      const { status, body } = sesError(400, 'MessageRejected', 'Not today.');
      practice.journey(patientId).serve = ({ service }) =>
        service === '/ses' ? (_req, res) => send(res, status, 'text/xml', body) : null;
    },
    expected: () => REGENERATED,
    through: ['CheckExpiry', 'SignDocument', 'SendEnrollmentNotification', 'NotifyStaff'],
  },
  {
    name: 'SES refuses an address; the next day the other one is used',
    chart: chartOfRefused,
    // Where the day failed before the refusal was remembered, the address is refused once more.
    laterDays: 2,
    today: refuseAddress,
    expected: () => REGENERATED,
    through: ['CheckExpiry', 'SignDocument', 'SendEnrollmentNotification', 'NotifyStaff'],
  },
  {
    name: 'an address that SES refused the day before is passed over',
    chart: chartOfRefused,
    yesterday: async (practice, patientId) => {
      refuseAddress(practice, patientId);
      await practice.run(patientId);
    },
    today: refuseAddress,
    expected: () => REGENERATED,
    through: ['CheckExpiry', 'SendEnrollmentNotification'],
  },
  {
    name: 'a signing that broke P12 is left to a person',
    chart: (patientId, now) => chart(patientId, now, 31),
    // One that signs, one that finds what must be checked.
    laterDays: 2,
    today: (practice, patientId) => {
      const answer = (value: boolean) =>
        JSON.stringify({ url: EXTENSION.becomeResponsibleProvider, valueBoolean: value });
      practice.journey(patientId).tamper = (_call, body) => body.replace(answer(false), answer(true));
    },
    expected: () => ({
      ending: { outcome: 'HELD', reason: 'CHART_UNCLEAR' },
      live: 'ours',
      mails: 0,
      staffTasks: ['check-signing RESPONSIBILITY_NOT_DECLINED'],
    }),
    through: ['CheckExpiry', 'SignDocument', 'NotifyStaff'],
  },
];
