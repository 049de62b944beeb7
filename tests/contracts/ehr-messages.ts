/** What the Ehr contract says of mails that were sent (P14): filed once, and what became of them. */
import { describe, expect, it } from 'vitest';
import { MAIL_FATES, type MailFate } from '../../functions/domain/email/email-feedback.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { FiledMessage } from '../../functions/ports/ehr/ehr.ts';
import type { Part } from './chart-under-test.ts';

const RECEIVED = '2026-06-15T12:00:03Z';
/** Those in which the patient has the mail. */
const ARRIVED: MailFate[] = ['SENT', 'DELIVERED', 'COMPLAINED'];

export const describeMessages: Part = (chart, { signed }) => {
  let mails = 0;
  async function mail(): Promise<FiledMessage> {
    const { patientId, draft } = await signed();
    return { patientId, document: draft.document, sesId: `told-${++mails}`, sentAt: toInstant(chart().now()) };
  }
  const told = (message: FiledMessage) => chart().filedFate(message.sesId);

  describe('noteFate (P14)', () => {
    it.each(MAIL_FATES.filter((fate) => fate !== 'SENT'))('%s is told on the message that was filed', async (fate) => {
      const message = await mail();
      await chart().ehr.fileMessage(message);
      expect(await told(message)).toEqual({ isDone: true, why: null, receivedAt: null });
      await chart().ehr.noteFate(message, fate, RECEIVED);
      const isDone = ARRIVED.includes(fate);
      const why = fate === 'DELIVERED' ? null : fate;
      expect(await told(message)).toEqual({ isDone, why, receivedAt: isDone ? RECEIVED : null });
      expect(await chart().filedMessages(message.patientId)).toEqual([message.sesId]);
    });

    it.each(MAIL_FATES)('%s is told though the message was never filed, and filed by it once', async (fate) => {
      const message = await mail();
      await chart().ehr.noteFate(message, fate, null);
      await chart().ehr.fileMessage(message);
      await chart().ehr.noteFate(message, fate, null);
      const why = fate === 'DELIVERED' || fate === 'SENT' ? null : fate;
      expect(await told(message)).toEqual({ isDone: ARRIVED.includes(fate), why, receivedAt: null });
      expect(await chart().filedMessages(message.patientId)).toEqual([message.sesId]);
    });

    it('the last word stands, whatever stood there before', async () => {
      const message = await mail();
      await chart().ehr.fileMessage(message);
      for (const fate of [...MAIL_FATES, ...MAIL_FATES.toReversed()]) {
        await chart().ehr.noteFate(message, fate, fate === 'SENT' ? null : RECEIVED);
      }
      expect(await told(message)).toEqual({ isDone: true, why: null, receivedAt: null });
    });

    it('of one mail, it leaves the others alone', async () => {
      const [one, other] = [await mail(), await mail()];
      await chart().ehr.fileMessage(one);
      await chart().ehr.fileMessage(other);
      await chart().ehr.noteFate(one, 'BOUNCED', null);
      expect(await told(other)).toEqual({ isDone: true, why: null, receivedAt: null });
    });
  });
};
