import type { Mail } from '../../../local/ses/mailbox.ts';

/** A mail as the local mailbox keeps it. */
export function mailOf(to: string[], more: Partial<Mail['sent']> = {}): Mail {
  return {
    messageId: '0100019a-1-000000',
    from: 'Portal <portal@practice.example>',
    replyTo: [],
    destination: { to, cc: [], bcc: [] },
    subject: 'Your invitation',
    body: { text: 't', html: '<p>h</p>' },
    attachments: [],
    at: Date.parse('2026-06-15T12:00:00Z') / 1000,
    sent: { configurationSet: 'portal-pin', tags: { kind: 'enrollment' }, destination: to, ...more },
  };
}
