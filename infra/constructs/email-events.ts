/** What SES tells of our mails: off the default bus into a queue, and out of it to the function that draws the consequences. */
import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { CfnEventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { EventQueue, EventQueueProps } from './event-queue.ts';

/**
 * Those that mail.ts has published, of this deployment's configuration set: the default bus is the whole account's.
 * https://docs.aws.amazon.com/ses/latest/dg/monitoring-eventbridge.html
 */
export function emailEventPattern(configurationSetName: string) {
  return {
    source: ['aws.ses'],
    detailType: [
      'Email Delivered',
      'Email Bounced',
      'Email Complaint Received',
      'Email Rejected',
      'Email Rendering Failed',
    ],
    detail: { mail: { tags: { 'ses:configuration-set': [configurationSetName] } } },
  };
}

/**
 * Eight hours: an EHR's maintenance night passes without staff. An event not delivered to Lambda within its retention of
 * four days would be lost.
 */
export const REDELIVERY: Pick<EventQueueProps, 'again' | 'deliveries'> = {
  again: Duration.minutes(3),
  deliveries: 160,
};

/** The rule, of which FailedInvocations tells what did not come into the queue. */
export function emailEvents(
  scope: Construct,
  {
    queue,
    function: handler,
    configurationSetName,
  }: { queue: EventQueue; function: IFunction; configurationSetName: string },
): Rule {
  const rule = new Rule(scope, 'EmailEventsRule', {
    description: 'What became of our mails',
    eventPattern: emailEventPattern(configurationSetName),
  });
  queue.takeFrom(rule);
  new CfnEventSourceMapping(scope, 'EmailEventsMapping', {
    eventSourceArn: queue.queue.queueArn,
    functionName: handler.functionArn,
    // A batch's events share 25 s (functions/triggers/email-feedback.ts), and each writes to the EHR.
    batchSize: 5,
    functionResponseTypes: ['ReportBatchItemFailures'],
    // The fewest there can be, so that a day's deliveries do not keep the EHR from its users.
    scalingConfig: { maximumConcurrency: 2 },
  });
  return rule;
}
