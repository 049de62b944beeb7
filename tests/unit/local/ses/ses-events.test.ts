import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { emailEventOf, type FeedbackKind, sesEvent } from '../../../../functions/domain/email/email-event.ts';
import type { Mail } from '../../../../local/ses/mailbox.ts';
import { eventOf, simulatedEvents, type Telling } from '../../../../local/ses/ses-events.ts';
import { mailOf } from '../../../support/harness/mail-of.ts';
import { sesFixture } from '../../../support/harness/ses-fixtures.ts';

const heard = (of: Mail) => simulatedEvents(of).map((event) => emailEventOf(z.parse(sesEvent, event)).kind);

describe('SES’s mailbox simulator', () => {
  it.each<[string, FeedbackKind[]]>([
    ['success@simulator.amazonses.com', ['DELIVERED']],
    ['bounce@simulator.amazonses.com', ['PERMANENT_BOUNCE']],
    ['complaint@simulator.amazonses.com', ['DELIVERED', 'COMPLAINT']],
    ['ooto@simulator.amazonses.com', ['DELIVERED', 'UNREPORTED_BOUNCE']],
    ['suppressionlist@simulator.amazonses.com', ['PERMANENT_BOUNCE']],
    ['bounce+any.label-1@simulator.amazonses.com', ['PERMANENT_BOUNCE']],
    ['Success+x@Simulator.AmazonSES.com', ['DELIVERED']],
    ['Pat <complaint+2@simulator.amazonses.com>', ['DELIVERED', 'COMPLAINT']],
    ['pat@example.com', []],
    ['bounce@example.com', []],
    ['bounced@simulator.amazonses.com', []],
    ['bounce@simulator.amazonses.com.example', []],
    ['bounce@notsimulator.amazonses.com', []],
  ])('%s: %j', (address, kinds) => expect(heard(mailOf([address]))).toEqual(kinds));

  it('publishes nothing of what was sent by no configuration set', () => {
    expect(simulatedEvents(mailOf(['bounce@simulator.amazonses.com'], { configurationSet: null }))).toEqual([]);
  });

  it('tells of each recipient', () => {
    const to = ['success@simulator.amazonses.com', 'pat@example.com', 'bounce@simulator.amazonses.com'];
    expect(heard(mailOf(to))).toEqual(['DELIVERED', 'PERMANENT_BOUNCE']);
  });
});

/** Names of members, each as a path; of a list those of its first entry. */
function shapeOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return shapeOf(value[0], `${at}[]`);
  if (typeof value !== 'object' || value === null) return [`${at}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, child]) => shapeOf(child, `${at}/${key}`));
}

describe('an event has the shape that SES documents', () => {
  it.each<[Telling, string]>([
    ['Delivery', 'delivery'],
    ['Bounce', 'bounce-permanent'],
    ['Suppressed', 'bounce-suppressed'],
    ['SoftBounce', 'bounce-transient-mailbox-full'],
    ['AutomaticAnswer', 'bounce-automatic-answer'],
    ['Complaint', 'complaint'],
    ['Reject', 'reject'],
    ['DeliveryDelay', 'delivery-delay'],
  ])('%s as %s', (telling, fixture) => {
    const event = eventOf(mailOf(['pat@example.com']), telling);
    const documented = new Set(shapeOf(sesFixture(fixture)));
    // Tags are as a mail has them; a DSN's name and a report's time are SES's to leave out.
    const own = shapeOf(event).filter((path) => !/\/tags\/|\/reportingMTA|\/headers|\/commonHeaders/.test(path));
    expect(own.filter((path) => !documented.has(path))).toEqual([]);
    expect(event?.['detail-type']).toBe(sesFixture(fixture)['detail-type']);
    expect(event?.detail.eventType).toBe(sesFixture(fixture).detail.eventType);
  });

  it('names the configuration set, in its resources and its tags', () => {
    const event = eventOf(mailOf(['pat@example.com']), 'Delivery');
    expect(event?.resources).toEqual(['arn:aws:ses:us-east-1:000000000000:configuration-set/portal-pin']);
    expect(event?.detail).toMatchObject({
      mail: { tags: { 'ses:configuration-set': ['portal-pin'], kind: ['enrollment'] } },
    });
  });
});
