/** Which link opens the PIN when mails are sent again, refused, or lost: one at most, and never none that was sent. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANSWER_LIMIT } from '../../../functions/domain/pickup/pickup.ts';
import { resend } from '../../../functions/usecases/staff/decisions.ts';
import type { MailFault } from '../../../local/ses/mailbox-faults.ts';
import { BIRTH_DATE, shownBy, tokensTo } from './mailed-links.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running.close());

let patients = 0;
async function patient(): Promise<{ id: string; address: string }> {
  const address = `links.${++patients}@example.com`;
  const telecom = [{ system: 'email' as const, value: address }];
  const id = await running.admit({ patient: () => ({ birthDate: BIRTH_DATE, telecom }) });
  await running.take(id);
  return { id, address };
}

async function sendAgain(id: string, fault?: MailFault): Promise<void> {
  const { mailbox, stepFunctions } = running.platform;
  if (fault) mailbox.fail({ times: 100, ...fault });
  await resend(running.decisionPorts, { patientId: id, actor: 'admin', reason: 'lost the mail' });
  await stepFunctions.settled();
  mailbox.heal();
}

it('each mail’s link takes the place of the one before', async () => {
  const { id, address } = await patient();
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['PIN']);
  await sendAgain(id);
  await sendAgain(id);
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['KILLED', 'KILLED', 'PIN']);
});

it('a mail that SES refuses kills no link', async () => {
  const { id, address } = await patient();
  await sendAgain(id, { kind: 'status', code: 'MessageRejected', status: 400, message: 'Not today.' });
  expect((await running.account(id)).message?.state).toBe('REFUSED');
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['PIN']);
});

it('nor does one that SES throttled for as long as the step was retried', async () => {
  const { id, address } = await patient();
  await sendAgain(id, { kind: 'status', code: 'Throttling', status: 400, message: 'Slowly.' });
  expect((await running.account(id)).message?.state).toBe('REFUSED');
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['PIN']);
});

it('a mail that left and got no answer has the link that lives', async () => {
  const { id, address } = await patient();
  await sendAgain(id, { kind: 'drop', when: 'after' });
  expect((await running.account(id)).message?.state).toBe('UNKNOWN');
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['KILLED', 'PIN']);
});

it('a mail with unknown delivery invalidates the earlier link, and staff are asked', async () => {
  const { id, address } = await patient();
  await sendAgain(id, { kind: 'drop', when: 'before' });
  const { message, staffTasks } = await running.account(id);
  expect([message?.state, staffTasks.map(({ code }) => code)]).toEqual(['UNKNOWN', ['notify-patient']]);
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['KILLED']);
  // Sent once more, as the person may decide, it lives again.
  await sendAgain(id);
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['KILLED', 'PIN']);
});

it('all die with their PIN, whether it expired or staff made another by hand', async () => {
  const { id, address } = await patient();
  await sendAgain(id);
  await running.platform.ehr.staff.signPinByHand(id, { pin: 'K123456789' });
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['KILLED', 'REPLACED']);
  await running.take(id);
  expect(await shownBy(running, tokensTo(running, address))).toEqual(['REPLACED', 'REPLACED']);
});

it('a PIN that is regenerated after 30 days has a link of its own, and the old one says so', async () => {
  const { address } = await patient();
  await running.platform.clock.advance('P31D');
  const tokens = tokensTo(running, address);
  // The reminder that came between was missed in the jump, as the PIN had expired by then.
  expect(await shownBy(running, tokens)).toEqual([...Array(tokens.length - 1).fill('REPLACED'), 'PIN']);
  expect(tokens.length).toBeGreaterThan(1);
});

it('an EHR that hangs is given up while the answers can still be given back: none of them counts', async () => {
  const { address } = await patient();
  const { ehr, mailbox } = running.platform;
  const mail = mailbox.mails().findLast(({ sent }) => sent.destination.includes(address));
  const link = /http:\/\/\S+\/pickup\/[\w-]+/.exec(mail?.body.text ?? '')?.[0] ?? '';
  const [year = '', month = '', day = ''] = BIRTH_DATE.split('-');
  const answer = async () => {
    const page = await fetch(link, { method: 'POST', body: new URLSearchParams({ year, month, day }) });
    return { status: page.status, hasPin: (await page.text()).includes('id="pin"') };
  };
  ehr.fail({ route: '', times: ANSWER_LIMIT, fault: { kind: 'hang' } });
  // All at once: each takes as long as the page waits.
  const lost = await Promise.all(Array.from({ length: ANSWER_LIMIT }, answer));
  ehr.clearFaults();
  expect(lost).toEqual(Array(ANSWER_LIMIT).fill({ status: 503, hasPin: false }));
  expect(await answer()).toEqual({ status: 200, hasPin: true });
}, 30_000);
