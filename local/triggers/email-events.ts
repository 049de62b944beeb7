/**
 * What stands between SES and its function on AWS: EventBridge's rule, and the queue that hands an event over until it is taken. Here
 * an event is handed over when no execution runs, so that the same start comes to the same end each time.
 */
import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { BusEvent } from '../ses/ses-events.ts';
import { ACCOUNT_ID, REGION } from '../settings/environment.ts';

/** As the queue's event source mapping is deployed. */
const BATCH = 5;
/** Eight hours of them on AWS, three minutes apart; here nothing gets better by waiting, but for an execution that has ended since. */
const DELIVERIES = 3;

export type FeedbackHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface EmailEvents {
  /** Takes events as the bus does: at once, without an answer. */
  publish(events: readonly BusEvent[]): void;
  /** Keeps what is published until `release`. */
  hold(): void;
  release(): void;
  /** Resolves when all that was published and is not held has been handed over. */
  settled(): Promise<void>;
  /** Whether something waits to be handed over, and is not held. */
  isPending(): boolean;
  /** Bodies of undelivered events. */
  readonly deadLetters: readonly string[];
}

interface Waiting {
  messageId: string;
  body: string;
  deliveries: number;
}

/** @param idle resolves when no execution runs */
export function createEmailEvents(handler: FeedbackHandler, idle: () => Promise<void>): EmailEvents {
  let waiting: Waiting[] = [];
  const deadLetters: string[] = [];
  let isHeld = false;
  let draining: Promise<void> | null = null;

  async function handOver(batch: readonly Waiting[]): Promise<void> {
    for (const each of batch) each.deliveries += 1;
    const { batchItemFailures } = await handler({ Records: batch.map(recordOf) });
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const again = batch.filter(({ messageId }) => failed.has(messageId));
    deadLetters.push(...again.filter(({ deliveries }) => deliveries >= DELIVERIES).map(({ body }) => body));
    waiting.push(...again.filter(({ deliveries }) => deliveries < DELIVERIES));
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0 && !isHeld) {
      await idle();
      const all = waiting;
      waiting = [];
      for (let first = 0; first < all.length; first += BATCH) await handOver(all.slice(first, first + BATCH));
    }
  }

  function begin(): void {
    if (draining !== null || isHeld || waiting.length === 0) return;
    draining = drain().finally(() => {
      draining = null;
      begin();
    });
    // The waiting caller gets the failure; a handler's bug must not end the process meanwhile.
    draining.catch(() => undefined);
  }

  return {
    publish(events) {
      waiting.push(...events.map((event) => ({ messageId: randomUUID(), body: JSON.stringify(event), deliveries: 0 })));
      begin();
    },
    hold: () => {
      isHeld = true;
    },
    release() {
      isHeld = false;
      begin();
    },
    async settled() {
      while (draining !== null) await draining;
    },
    isPending: () => draining !== null,
    deadLetters,
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
function recordOf({ messageId, body, deliveries }: Waiting): SQSRecord {
  return {
    messageId,
    receiptHandle: randomUUID(),
    body,
    attributes: {
      ApproximateReceiveCount: String(deliveries),
      SentTimestamp: '0',
      SenderId: 'events.amazonaws.com',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:portal-pin-email-events`,
    awsRegion: REGION,
  };
}
