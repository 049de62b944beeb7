import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type EmailEvent, emailEventOf, sesEvent } from '../../../../../functions/domain/email/email-event.ts';
import { SES_FIXTURES, sesFixture } from '../../../../support/harness/ses-fixtures.ts';

const SENT = {
  sesId: '0100019a5c1d7e42-5b7a1c0e-9d3f-4c58-8a61-2f0b7de94c11-000000',
  sentAt: '2026-06-15T12:00:02Z',
  address: 'pat.fixture@mail.example',
  sender: 'portal@practice.example',
};
const BOUNCED_AT = '2026-06-15T12:00:03Z';
const COMPLAINED_AT = '2026-06-15T12:10:00Z';
const PUBLISHED_AT = '2026-06-15T12:00:04Z';

const SAID: Record<string, Pick<EmailEvent, 'kind' | 'at'>> = {
  'bounce-automatic-answer': { kind: 'UNREPORTED_BOUNCE', at: BOUNCED_AT },
  'bounce-no-email': { kind: 'PERMANENT_BOUNCE', at: BOUNCED_AT },
  'bounce-on-account-suppression-list': { kind: 'PERMANENT_BOUNCE', at: BOUNCED_AT },
  'bounce-permanent': { kind: 'PERMANENT_BOUNCE', at: BOUNCED_AT },
  'bounce-suppressed': { kind: 'PERMANENT_BOUNCE', at: BOUNCED_AT },
  'bounce-transient-attachment-rejected': { kind: 'SOFT_BOUNCE', at: BOUNCED_AT },
  'bounce-transient-content-rejected': { kind: 'SOFT_BOUNCE', at: BOUNCED_AT },
  'bounce-transient-general': { kind: 'SOFT_BOUNCE', at: BOUNCED_AT },
  'bounce-transient-mailbox-full': { kind: 'SOFT_BOUNCE', at: BOUNCED_AT },
  'bounce-transient-message-too-large': { kind: 'SOFT_BOUNCE', at: BOUNCED_AT },
  'bounce-undetermined': { kind: 'UNREPORTED_BOUNCE', at: BOUNCED_AT },
  click: { kind: null, at: PUBLISHED_AT },
  complaint: { kind: 'COMPLAINT', at: COMPLAINED_AT },
  'complaint-not-spam': { kind: null, at: COMPLAINED_AT },
  'complaint-on-account-suppression-list': { kind: 'PERMANENT_BOUNCE', at: COMPLAINED_AT },
  'complaint-without-report': { kind: 'COMPLAINT', at: COMPLAINED_AT },
  delivery: { kind: 'DELIVERED', at: '2026-06-15T12:00:03Z' },
  'delivery-delay': { kind: null, at: '2026-06-15T12:10:03Z' },
  open: { kind: null, at: PUBLISHED_AT },
  reject: { kind: 'NOT_SENT', at: PUBLISHED_AT },
  'rendering-failure': { kind: 'NOT_SENT', at: PUBLISHED_AT },
  send: { kind: null, at: PUBLISHED_AT },
  subscription: { kind: null, at: PUBLISHED_AT },
};

const read = (event: unknown) => emailEventOf(z.parse(sesEvent, event));
const isEvent = (event: unknown) => z.safeParse(sesEvent, event).success;
/** A fixture with one member, named by its path, replaced; undefined takes it away. */
function spoilt(name: string, path: string, value: unknown): unknown {
  const event = JSON.parse(JSON.stringify(sesFixture(name)));
  const keys = path.split('/');
  const last = keys.pop() ?? '';
  const holder = keys.reduce((object, key) => object[key], event);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return event;
}

describe('the sender', () => {
  it.each([
    ['"Riverside, Practice" <Portal@Practice.example>', 'portal@practice.example'],
    ['portal@practice.example', 'portal@practice.example'],
    [undefined, null],
  ])('of %s is %s', (source, sender) => {
    expect(read(spoilt('delivery', 'detail/mail/source', source)).sender).toBe(sender);
  });
});

describe('each event that SES documents', () => {
  it('is here', () => expect(Object.keys(SAID)).toEqual(SES_FIXTURES.toSorted()));

  it.each(Object.entries(SAID))('%s: %j', (name, said) => {
    expect(read(sesFixture(name))).toEqual({ ...SENT, ...said });
  });
});

describe('is read', () => {
  it('whatever else SES adds', () => {
    const event = spoilt('delivery', 'detail/delivery/remoteMtaIp', '192.0.2.1');
    expect(read(event).kind).toBe('DELIVERED');
    expect(read(spoilt('bounce-permanent', 'detail/mail/headersTruncated', 'true')).kind).toBe('PERMANENT_BOUNCE');
    expect(read(spoilt('bounce-permanent', 'detail/bounce/bounceSubType', 'OfTomorrow')).kind).toBe('PERMANENT_BOUNCE');
  });

  it('a soft bounce off one of several is one', () => {
    const recipients = [{ emailAddress: 'a@x.example' }, { emailAddress: 'b@x.example', action: 'failed' }];
    expect(read(spoilt('bounce-transient-general', 'detail/bounce/bouncedRecipients', recipients)).kind).toBe(
      'SOFT_BOUNCE',
    );
  });

  it('a report that delivery is merely delayed, or was relayed, is no failure', () => {
    for (const action of ['delayed', 'relayed', 'expanded', 'delivered']) {
      const event = spoilt('bounce-transient-general', 'detail/bounce/bouncedRecipients', [{ action }]);
      expect(read(event).kind).toBe('UNREPORTED_BOUNCE');
    }
  });

  it('the recipient as addressed, even if a forwarding address bounced', () => {
    const recipients = [{ emailAddress: 'elsewhere@other.example', action: 'failed' }];
    const event = spoilt('bounce-permanent', 'detail/bounce/bouncedRecipients', recipients);
    expect(read(event).address).toBe('pat.fixture@mail.example');
  });
});

describe('is refused', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'Email Bounced'],
    ['a list', [sesFixture('delivery')]],
    ['the detail alone', sesFixture('delivery').detail],
    ['of another service', spoilt('delivery', 'source', 'aws.s3')],
    ['without a source', spoilt('delivery', 'source', undefined)],
    ['of another kind of SES', spoilt('delivery', 'detail-type', 'Sending Status Disabled')],
    ['without a detail', spoilt('delivery', 'detail', undefined)],
    ['of no type', spoilt('delivery', 'detail/eventType', undefined)],
    ['of an unknown type', spoilt('delivery', 'detail/eventType', 'Vanished')],
    ['a delivery that tells of none', spoilt('delivery', 'detail/delivery', undefined)],
    ['a delivery of no time', spoilt('delivery', 'detail/delivery/timestamp', undefined)],
    ['a delivery of some day', spoilt('delivery', 'detail/delivery/timestamp', 'yesterday')],
    ['a bounce of no type', spoilt('bounce-permanent', 'detail/bounce/bounceType', undefined)],
    ['a bounce of a new type', spoilt('bounce-permanent', 'detail/bounce/bounceType', 'Eternal')],
    ['a bounce without recipients', spoilt('bounce-permanent', 'detail/bounce/bouncedRecipients', undefined)],
    ['a complaint of no time', spoilt('complaint', 'detail/complaint/timestamp', undefined)],
    ['a rejection that tells of none', spoilt('reject', 'detail/reject', undefined)],
    ['about no mail', spoilt('delivery', 'detail/mail', undefined)],
    ['about a mail of no id', spoilt('delivery', 'detail/mail/messageId', '')],
    ['about a mail with an id that would be another key', spoilt('delivery', 'detail/mail/messageId', 'a#b')],
    ['about a mail of no end of an id', spoilt('delivery', 'detail/mail/messageId', 'a'.repeat(101))],
    ['about a mail without recipients', spoilt('delivery', 'detail/mail/destination', [])],
    ['about a mail sent never', spoilt('delivery', 'detail/mail/timestamp', undefined)],
    ['published never', spoilt('delivery', 'time', undefined)],
  ])('%s', (_what, event) => expect(isEvent(event)).toBe(false));

  it('whatever JSON it is, or it is read; nothing is thrown', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const result = z.safeParse(sesEvent, value);
        if (result.success) emailEventOf(result.data);
      }),
    );
  });

  it('a documented event with any one member spoilt, or it is read', () => {
    const paths = (value: unknown, at: string): string[] =>
      typeof value !== 'object' || value === null
        ? [at]
        : [at, ...Object.entries(value).flatMap(([key, child]) => paths(child, at === '' ? key : `${at}/${key}`))];
    fc.assert(
      fc.property(fc.constantFrom(...SES_FIXTURES), fc.nat(), fc.jsonValue({ maxDepth: 2 }), (name, n, value) => {
        const all = paths(sesFixture(name), '').slice(1);
        const result = z.safeParse(sesEvent, spoilt(name, all[n % all.length] ?? '', value));
        if (!result.success) return;
        const { sesId, address } = emailEventOf(result.data);
        expect(sesId).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
        expect(address).toBeTypeOf('string');
      }),
    );
  });
});
