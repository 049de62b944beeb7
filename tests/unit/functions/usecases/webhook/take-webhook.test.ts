import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsUnavailableError } from '../../../../../functions/domain/errors.ts';
import type { EhrEvent, WebhookAnswer } from '../../../../../functions/domain/webhook/ehr-event.ts';
import type { WebhookRecords } from '../../../../../functions/ports/webhook/webhooks.ts';
import { type TakePorts, takeWebhook } from '../../../../../functions/usecases/webhook/take-webhook.ts';
import { NOW, type WebhookWorld, webhookWorld } from '../../../../support/worlds/webhook-world.ts';

let world: WebhookWorld;
let made = 0;
beforeAll(async () => {
  world = await webhookWorld();
});
afterAll(() => world.close());

const DIGEST = 'a'.repeat(64);
const changed = (patientId: string): EhrEvent => ({
  type: 'patient.email_changed',
  timestamp: '2026-06-15T11:00:00Z',
  data: { patientId },
});
const freshId = () => `msg_${++made}`;
const withWebhooks = (more: Partial<WebhookRecords>): TakePorts => ({
  ...world.ports,
  webhooks: { ...world.ports.webhooks, ...more },
});

describe('a webhook', () => {
  it('is decided once; a repetition gets the same answer although the case has gone on', async () => {
    const patient = await world.patient(null);
    const webhook = { id: freshId(), digest: DIGEST, event: changed(patient) };
    const first = await takeWebhook(world.ports, webhook);
    expect(first).toMatchObject({ kind: 'ANSWER', answer: { decision: 'STARTED' } });
    for (let repeats = 0; repeats < 3; repeats++) expect(await takeWebhook(world.ports, webhook)).toEqual(first);
    const another = await takeWebhook(world.ports, { ...webhook, id: freshId() });
    expect(another).toMatchObject({ kind: 'ANSWER', answer: { decision: 'RUNNING' } });
    expect(world.started(patient)).toHaveLength(1);
  });

  it('of which several come at once is one: one start, one answer', async () => {
    const patient = await world.patient(null);
    const webhook = { id: freshId(), digest: DIGEST, event: changed(patient) };
    const taken = await Promise.all([1, 2, 3, 4, 5].map(() => takeWebhook(world.ports, webhook)));
    for (const each of taken) expect(each).toEqual(taken[0]);
    expect(world.started(patient)).toHaveLength(1);
  });

  it('of another body under the same id is refused, received or decided', async () => {
    const patient = await world.patient(null);
    const webhook = { id: freshId(), digest: DIGEST, event: changed(patient) };
    const other = { ...webhook, digest: 'b'.repeat(64) };
    await world.ports.webhooks.receive({ ...webhook, type: 'patient.email_changed', attempt: 0 }, NOW);
    expect(await takeWebhook(world.ports, other)).toEqual({ kind: 'OTHER_BODY' });
    expect(world.started(patient)).toEqual([]);
    await takeWebhook(world.ports, webhook);
    expect(await takeWebhook(world.ports, other)).toEqual({ kind: 'OTHER_BODY' });
    // The first came between our look and our receipt.
    const unseen = withWebhooks({ read: async () => null });
    expect(await takeWebhook(unseen, other)).toEqual({ kind: 'OTHER_BODY' });
    expect(await takeWebhook(unseen, webhook)).toMatchObject({ kind: 'ANSWER', answer: { decision: 'STARTED' } });
  });

  it('that crashed before its answer was noted is decided by its repetition', async () => {
    const patient = await world.patient(null);
    const webhook = { id: freshId(), digest: DIGEST, event: changed(patient) };
    const crash = async (): Promise<WebhookAnswer> => {
      throw new AwsUnavailableError('DOWN');
    };
    await expect(takeWebhook(withWebhooks({ decide: crash }), webhook)).rejects.toThrow(AwsUnavailableError);
    expect((await world.ports.webhooks.read(webhook.id))?.answer).toBeNull();
    const taken = await takeWebhook(world.ports, webhook);
    expect(taken).toMatchObject({ kind: 'ANSWER', answer: { execution: world.started(patient)[0]?.name } });
    expect(world.started(patient)).toHaveLength(1);
  });
});

describe('beyond the practice’s limit', () => {
  it('a minute’s webhooks are told to come later and are not noted; the repeated ones are answered', async () => {
    const limited = await webhookWorld(2);
    const event = changed(await limited.patient(null));
    const send = (id: string) => takeWebhook(limited.ports, { id, digest: DIGEST, event });
    const first = await send('m1');
    expect(first.kind).toBe('ANSWER');
    expect((await send('m2')).kind).toBe('ANSWER');
    expect(await send('m3')).toEqual({ kind: 'TOO_MANY', retryAfterSeconds: 60 });
    expect(await limited.ports.webhooks.read('m3')).toBeNull();
    expect(await send('m1')).toEqual(first);
    const later = { ...limited.ports, clock: { now: () => NOW + 59_500 } };
    expect(await takeWebhook(later, { id: 'm3', digest: DIGEST, event })).toEqual({
      kind: 'TOO_MANY',
      retryAfterSeconds: 1,
    });
    const nextMinute = { ...limited.ports, clock: { now: () => NOW + 60_000 } };
    expect((await takeWebhook(nextMinute, { id: 'm3', digest: DIGEST, event })).kind).toBe('ANSWER');
    await limited.close();
  });
});
