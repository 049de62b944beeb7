/** Paths on which nothing is regenerated, or a person is asked. */
import { EXTENSION } from '../../functions/adapters/fhir/codes.ts';
import { FAMILY_DOCTORS } from '../../local/demo/directory.ts';
import { send } from '../../local/http-messages.ts';
import { sesError } from '../../local/ses-protocol.ts';
import { chart, oldDocumentOf } from '../harness/charts.ts';
import { type Path, REGENERATED } from './path.ts';

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
