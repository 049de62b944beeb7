/** Sending rules: TLS only, never to an address that bounced or complained, and without open or click tracking. */
import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailSendingEvent,
  EventDestination,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';

/**
 * What becomes of a mail. Not OPEN and CLICK: for those SES puts a picture into the mail and rewrites its link. Nor DELIVERY_DELAY: while
 * SES tries, there is nothing to do.
 */
const EVENTS = [
  EmailSendingEvent.DELIVERY,
  EmailSendingEvent.BOUNCE,
  EmailSendingEvent.COMPLAINT,
  EmailSendingEvent.REJECT,
  EmailSendingEvent.RENDERING_FAILURE,
];

export function mailConfiguration(scope: Construct, configurationSetName: string): ConfigurationSet {
  const configurationSet = new ConfigurationSet(scope, 'Mail', {
    configurationSetName,
    tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    reputationMetrics: true,
    // The account's setting would turn open and click tracking on for every mail.
    vdmOptions: { engagementMetrics: false },
  });
  // The default bus is the only one that SES publishes to (email-events.ts).
  configurationSet.addEventDestination('Events', {
    destination: EventDestination.eventBus(EventBus.fromEventBusName(scope, 'DefaultBus', 'default')),
    events: EVENTS,
  });
  return configurationSet;
}
