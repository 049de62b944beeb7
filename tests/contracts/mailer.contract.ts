/** What every implementation of the Mailer port must do: a mail is accepted once, or it is known whether it left. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  EmailRejectedError,
  EmailThrottledError,
  NotificationFateUnknownError,
} from '../../functions/domain/errors.ts';
import type { Mail, Mailer } from '../../functions/ports/email/mailer.ts';

export interface MailerUnderTest {
  mailer: Mailer;
  /** The mails that were accepted since `empty`, oldest first, each with its id. */
  accepted(): (Mail & { id: string })[];
  empty(): void;
  /** What the next request meets. `lost`: the mail is accepted, its answer gets lost. */
  next(fate: 'throttled' | 'refused' | 'server-error' | 'dropped' | 'lost'): void;
  /** The same service where nothing listens. */
  unreachable(): Mailer;
  /** The same service, which never answers, with a step's deadline that is over soon. */
  hanging(): Mailer;
  close(): Promise<void>;
}

const MAIL: Mail = {
  to: 'pat@example.com',
  from: 'portal@practice.example',
  subject: 'Übersicht: your invitation',
  text: 'Hello,\n\nsign up at https://portal.example/?a=1&b=2\n',
  html: '<p>Hello &amp; welcome, 100 %</p>',
};

export function describeMailer(name: string, make: () => Promise<MailerUnderTest>): void {
  describe(`Mailer: ${name}`, () => {
    let under: MailerUnderTest;
    beforeAll(async () => {
      under = await make();
    });
    beforeEach(() => under.empty());
    afterAll(() => under.close());

    it('hands the mail over, once, as it is, and answers with its id', async () => {
      const id = await under.mailer.send(MAIL);
      expect(id).toMatch(/\S/);
      expect(under.accepted()).toEqual([{ ...MAIL, id }]);
    });

    it('sends a second mail under a second id', async () => {
      expect(await under.mailer.send(MAIL)).not.toBe(await under.mailer.send(MAIL));
      expect(under.accepted()).toHaveLength(2);
    });

    it('throws EmailThrottledError where it is asked to wait; nothing was sent', async () => {
      under.next('throttled');
      await expect(under.mailer.send(MAIL)).rejects.toThrow(EmailThrottledError);
      expect(under.accepted()).toEqual([]);
    });

    it('throws EmailThrottledError where nothing listens', async () => {
      await expect(under.unreachable().send(MAIL)).rejects.toThrow(EmailThrottledError);
    });

    it('throws EmailRejectedError where the mail is refused; nothing was sent', async () => {
      under.next('refused');
      await expect(under.mailer.send(MAIL)).rejects.toThrow(EmailRejectedError);
      expect(under.accepted()).toEqual([]);
    });

    it('throws EmailRejectedError for an address that is none', async () => {
      await expect(under.mailer.send({ ...MAIL, to: 'no-address' })).rejects.toThrow(EmailRejectedError);
      expect(under.accepted()).toEqual([]);
    });

    it.each(['server-error', 'dropped'] as const)('cannot know the fate after %s', async (fate) => {
      under.next(fate);
      await expect(under.mailer.send(MAIL)).rejects.toThrow(NotificationFateUnknownError);
    });

    it('reports unknown delivery after a lost answer and does not send again', async () => {
      under.next('lost');
      await expect(under.mailer.send(MAIL)).rejects.toThrow(NotificationFateUnknownError);
      expect(under.accepted()).toHaveLength(1);
    });

    it('cannot know the fate when the deadline is over before the answer', async () => {
      await expect(under.hanging().send(MAIL)).rejects.toThrow(NotificationFateUnknownError);
    });

    it('says nothing of the mail in an error', async () => {
      under.next('refused');
      const error: unknown = await under.mailer.send(MAIL).catch((thrown) => thrown);
      const told =
        error instanceof Error ? `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}` : '';
      expect(told).not.toMatch(/pat@|Übersicht|welcome/);
      expect(told).toContain('EmailRejectedError');
    });
  });
}
