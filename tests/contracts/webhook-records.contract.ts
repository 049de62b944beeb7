/** What every implementation of the WebhookRecords port must do. Each test works on ids of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebhookAnswer } from '../../functions/domain/webhook/ehr-event.ts';
import type { WebhookRecords } from '../../functions/ports/webhook/webhooks.ts';

export interface WebhookRecordsUnderTest {
  webhooks: WebhookRecords;
  now(): number;
  /** As webhooks, but the answer to the next write gets lost after it took effect, and the client repeats it. */
  withLostAnswer(): WebhookRecords;
  /** The stored items. */
  items(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A sender may repeat for at least this long. */
const FOUR_DAYS_S = 4 * 86_400;

export function describeWebhookRecords(name: string, make: () => Promise<WebhookRecordsUnderTest>): void {
  describe(`WebhookRecords: ${name}`, () => {
    let under: WebhookRecordsUnderTest;
    let webhooks: WebhookRecords;
    let made = 0;
    const came = () => ({ id: `msg_${++made}`, digest: 'a'.repeat(64), type: 'pin.issued' as const, attempt: 3 });
    const started: WebhookAnswer = { decision: 'STARTED', execution: 'x-4' };
    const notDue: WebhookAnswer = { decision: 'NOT_DUE', execution: null };
    beforeAll(async () => {
      under = await make();
      webhooks = under.webhooks;
    });
    afterAll(() => under.close());

    it('knows nothing of an id that never came', async () => {
      expect(await webhooks.read(came().id)).toBeNull();
    });

    it('receives, then decides, and reads back both', async () => {
      const webhook = came();
      expect(await webhooks.receive(webhook, under.now())).toEqual({ ...webhook, answer: null });
      expect(await webhooks.read(webhook.id)).toEqual({ ...webhook, answer: null });
      expect(await webhooks.decide(webhook, started, under.now())).toEqual(started);
      expect(await webhooks.read(webhook.id)).toEqual({ ...webhook, answer: started });
    });

    it('keeps an answer without an execution', async () => {
      const webhook = came();
      await webhooks.receive(webhook, under.now());
      await webhooks.decide(webhook, notDue, under.now());
      expect((await webhooks.read(webhook.id))?.answer).toEqual(notDue);
    });

    it('answers a second receipt with what was there first, undecided and decided', async () => {
      const webhook = came();
      const later = { ...webhook, digest: 'b'.repeat(64), type: 'portal.registered' as const, attempt: 9 };
      await webhooks.receive(webhook, under.now());
      expect(await webhooks.receive(later, under.now())).toEqual({ ...webhook, answer: null });
      await webhooks.decide(webhook, started, under.now());
      expect(await webhooks.receive(later, under.now())).toEqual({ ...webhook, answer: started });
    });

    it('keeps the first answer and returns it to later deciders', async () => {
      const webhook = came();
      await webhooks.receive(webhook, under.now());
      await webhooks.decide(webhook, started, under.now());
      expect(await webhooks.decide(webhook, notDue, under.now())).toEqual(started);
      expect((await webhooks.read(webhook.id))?.answer).toEqual(started);
    });

    it('gives ten that decide at once one answer', async () => {
      const webhook = came();
      await webhooks.receive(webhook, under.now());
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          webhooks.decide(webhook, { decision: 'STARTED', execution: `x-${n}` }, under.now()),
        ),
      );
      expect(new Set(answers.map(({ execution }) => execution)).size).toBe(1);
      expect((await webhooks.read(webhook.id))?.answer).toEqual(answers[0]);
    });

    it('decides also where the receipt is gone', async () => {
      const webhook = came();
      expect(await webhooks.decide(webhook, started, under.now())).toEqual(started);
      expect((await webhooks.read(webhook.id))?.answer).toEqual(started);
    });

    it('recognises its own write when the answer got lost', async () => {
      const webhook = came();
      const lossy = under.withLostAnswer();
      expect(await lossy.receive(webhook, under.now())).toEqual({ ...webhook, answer: null });
      expect(await under.withLostAnswer().decide(webhook, started, under.now())).toEqual(started);
    });

    it('keeps a webhook for four days at least, and of its body nothing', async () => {
      const webhook = came();
      await webhooks.receive(webhook, under.now());
      const received = (await under.items()).find((item) => item.pk === `WEBHOOK#${webhook.id}`);
      await webhooks.decide(webhook, started, under.now());
      const decided = (await under.items()).find((item) => item.pk === `WEBHOOK#${webhook.id}`);
      for (const item of [received, decided]) {
        expect(Number(item?.ttl) - under.now() / 1000).toBeGreaterThanOrEqual(FOUR_DAYS_S);
        expect(item).toMatchObject({ sk: 'WEBHOOK', digest: webhook.digest, type: 'pin.issued', attempt: 3 });
      }
      expect(received?.state).toBe('RECEIVED');
      expect(decided).toMatchObject({ state: 'DECIDED', ...started });
      const kept = ['pk', 'sk', 'digest', 'type', 'attempt', 'decision', 'execution', 'state', 'ttl'];
      expect(kept).toEqual(expect.arrayContaining(Object.keys(decided ?? {})));
    });

    it('counts each minute for itself, also those that come at once', async () => {
      const minute = Date.parse('2030-01-01T00:00:00Z') + ++made * 60_000;
      expect(await webhooks.count(minute)).toBe(1);
      expect(await webhooks.count(minute + 59_999)).toBe(2);
      expect(await webhooks.count(minute + 60_000)).toBe(1);
      const many = await Promise.all(Array.from({ length: 10 }, () => webhooks.count(minute)));
      expect(many.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      const count = (await under.items()).find((item) => String(item.pk).startsWith('WEBHOOKS#2030'));
      expect(Number(count?.ttl)).toBeGreaterThan(minute / 1000);
    });
  });
}
