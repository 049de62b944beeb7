import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Message } from '../../../../functions/domain/case/account.ts';
import type { Patient } from '../../../../functions/domain/chart/patient.ts';
import {
  AddressUnusableError,
  EmailRejectedError,
  NotificationFateUnknownError,
  StepContractError,
} from '../../../../functions/domain/errors.ts';
import type { PickupToken } from '../../../../functions/domain/pickup/pickup.ts';
import type { Mail } from '../../../../functions/ports/email/mailer.ts';
import { readPolicy } from '../../../../functions/runtime/policy.ts';
import { sendEnrollmentNotification } from '../../../../functions/steps/send-enrollment-notification.ts';
import { EXECUTION, leasedCase, stepWorld } from '../../../support/worlds/step-world.ts';

const INPUT = { execution: EXECUTION, patientId: 'p1' };
const policy = readPolicy(fileURLToPath(new URL('../../../../local/demo/policy.json', import.meta.url)));
const OWED: Message = { kind: 'NEW_PIN', state: 'OWED', document: 'd1', sesId: null, filed: false };
const PIN = { document: 'd1', issuedAt: '2026-06-15T11:00:00Z', expiresAt: '2026-07-15T11:00:00Z' };
const email = {
  value: 'pat@example.com',
  use: null,
  rank: null,
  periodStart: null,
  periodEnd: null,
  undeliverable: false,
};
const patient: Patient = {
  id: 'p1',
  replaced: false,
  deceased: false,
  active: true,
  portalStatus: null,
  emails: [email],
  language: null,
  unclear: false,
};

function world(message: Message | null, chart: Partial<Patient> = {}, send: () => Promise<string> = async () => 's1') {
  const mails: Mail[] = [];
  const tokens: PickupToken[] = [];
  const made = stepWorld(leasedCase({ ...PIN, message }), {
    readPatient: async () => ({ ...patient, ...chart }),
    fileMessage: async () => undefined,
    openStaffTask: async () => undefined,
    closeStaffTask: async () => undefined,
  });
  const ports = {
    ...made.ports,
    practice: policy,
    pickupUrl: 'https://portal.example/pickup',
    sentMessages: { put: async () => undefined, read: async () => null, noteFeedback: async () => undefined },
    mailer: {
      send: (mail: Mail) => {
        mails.push(mail);
        return send();
      },
    },
    pickups: {
      putToken: async (token: PickupToken) => void tokens.push(token),
    },
  };
  return { ...made, ports, mails, tokens };
}

it('sends one mail with a link and no PIN, files it in the chart and ends the case (P14)', async () => {
  const { ports, state, mails, tokens, calls } = world(OWED);
  expect(await sendEnrollmentNotification(ports, INPUT)).toEqual({ outcome: 'REGENERATED', reason: null });
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({ to: 'pat@example.com' });
  expect(mails[0]?.text).toContain('https://portal.example/pickup/');
  expect(tokens).toMatchObject([{ patientId: 'p1', document: 'd1', expiresAt: PIN.expiresAt }]);
  expect(calls).toContain('fileMessage');
  expect(state.stored).toMatchObject({ message: { state: 'ACCEPTED', sesId: 's1', filed: true }, endedBy: EXECUTION });
});

it('sends none again when its Lambda is repeated', async () => {
  const { ports, mails, ended } = world(OWED);
  await sendEnrollmentNotification(ports, INPUT);
  expect(await sendEnrollmentNotification(ports, INPUT)).toEqual({ outcome: 'REGENERATED', reason: null });
  expect([mails.length, ended.length]).toEqual([1, 1]);
});

it.each(['INTENDED', 'UNKNOWN'] as const)('never sends a mail that may have left: %s', async (messageState) => {
  const { ports, state, mails } = world({ ...OWED, state: messageState });
  await expect(sendEnrollmentNotification(ports, INPUT)).rejects.toThrow(NotificationFateUnknownError);
  expect([mails, state.stored?.message?.state]).toEqual([[], 'UNKNOWN']);
});

it('sends none to a patient who registered meanwhile', async () => {
  const { ports, state, mails } = world(OWED, { portalStatus: 'registered' });
  expect(await sendEnrollmentNotification(ports, INPUT)).toEqual({
    outcome: 'NOT_NEEDED',
    reason: 'ALREADY_REGISTERED',
  });
  expect([mails, state.stored?.outcome]).toEqual([[], 'NOT_NEEDED']);
});

it('names an address that is no longer usable', async () => {
  const { ports, mails } = world(OWED, { emails: [] });
  await expect(sendEnrollmentNotification(ports, INPUT)).rejects.toThrow(AddressUnusableError);
  expect(mails).toEqual([]);
});

it('records a refusal of SES and fails by its name', async () => {
  const { ports, state } = world(OWED, {}, () => Promise.reject(new EmailRejectedError('MessageRejected')));
  await expect(sendEnrollmentNotification(ports, INPUT)).rejects.toThrow(EmailRejectedError);
  expect(state.stored?.message?.state).toBe('REFUSED');
});

it('refuses to run without a message to send', async () => {
  const { ports } = world(null);
  await expect(sendEnrollmentNotification(ports, INPUT)).rejects.toThrow(StepContractError);
});
