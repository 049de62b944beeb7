/** For one expired PIN: the EHR's webhook three times, a sweep twice and the lapse, all at once and in any order. */
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import fc from 'fast-check';
import pMap from 'p-map';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { ehrSender, freshId, secretOf } from '../../support/harness/ehr-sender.ts';
import { type RunningPlatform, runPlatform } from '../scenarios/running-platform.ts';

const IS_FULL = process.env.PROVE === 'full';
/** A thousand take five minutes on two slow cores. */
const PATIENTS = IS_FULL ? 1_000 : 12;
/** Below the 600 webhooks a minute that the policy takes: three for each patient. */
const WEBHOOKS_AT_ONCE = 8;
const SEED = 4;

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running.close());

it(`ends in one execution, one document and one mail for each of ${PATIENTS} patients`, {
  timeout: 1_800_000,
}, async () => {
  // Not before the platform has set the environment that its logger reads.
  const { handler: pinLapsed } = await import('../../../functions/triggers/pin-lapsed.ts');
  const { endpoints, mailbox, stepFunctions, clock, url } = running.platform;
  const ehr = ehrSender(endpoints.webhooks, await secretOf(url));
  const patients = await pMap(
    Array.from({ length: PATIENTS }),
    async () => {
      const id = await running.admit({});
      await running.track(id);
      return id;
    },
    { concurrency: 8 },
  );
  const accounts = await pMap(patients, running.account, { concurrency: 8 });

  const sweep = () =>
    running.sfn.send(
      new StartExecutionCommand({
        stateMachineArn: endpoints.stateMachines['sweep-expiring-pins'],
        input: '{"dryRun":false}',
      }),
    );
  const triggers: (() => Promise<unknown>)[] = [sweep, sweep];
  for (const { patientId, document, expiresAt } of accounts) {
    const timestamp = toInstant(clock.now());
    const event = { type: 'pin.issued', timestamp, data: { patientId } } as const;
    const id = freshId();
    triggers.push(...[1, 2, 3].map(() => () => ehr.deliver(event, { id })));
    const image = { pk: `PATIENT#${patientId}`, sk: 'PIN', document: document ?? '', expiresAt: expiresAt ?? '' };
    const OldImage = Object.fromEntries(Object.entries(image).map(([key, S]) => [key, { S }]));
    const lapse: DynamoDBStreamEvent = {
      Records: [{ eventName: 'REMOVE', dynamodb: { SequenceNumber: patientId, OldImage } }],
    };
    triggers.push(() => pinLapsed(lapse));
  }
  const [order = []] = fc.sample(fc.shuffledSubarray(triggers, { minLength: triggers.length }), {
    numRuns: 1,
    seed: SEED,
  });
  await pMap(order, (trigger) => trigger(), { concurrency: WEBHOOKS_AT_ONCE });
  await stepFunctions.settled();

  const mailed = mailbox.mails().map((mail) => mail.sent.destination[0] ?? '');
  expect(new Set(mailed).size).toBe(PATIENTS);
  expect(mailed).toHaveLength(PATIENTS);
  for (const id of patients) {
    const { attempt, outcome, document } = await running.account(id);
    const current = await running.fhir(`DocumentReference?patient=Patient/${id}&status=current`);
    expect({ attempt, outcome, documents: current.map((each) => each.id) }).toEqual({
      attempt: 1,
      outcome: 'REGENERATED',
      documents: [document],
    });
  }
});
