/**
 * Charts with an address at SES's mailbox simulator: the first execution ends as any other, and what SES then tells of the mail
 * goes on by itself. https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator
 */
import type { DemoCase } from './case.ts';
import { email } from './chart-builders.ts';

const ending = { outcome: 'REGENERATED', reason: null } as const;

/** A simulator address made unique by its label. */
const simulated = (scenario: string, id: string) => `${scenario}+${id}@simulator.amazonses.com`;

export const FEEDBACK_CASES: DemoCase[] = [
  {
    story: 'the mail arrives, and the chart says so',
    ending,
    patient: ({ id }) => ({ telecom: [email(simulated('success', id))] }),
  },
  {
    story: 'the only address bounces: EMAIL_MISSING, SUPPRESSED follows by itself',
    ending,
    patient: ({ id }) => ({ telecom: [email(simulated('bounce', id))] }),
  },
  {
    story: 'the preferred address bounces: the mail goes to the next one by itself',
    ending,
    patient: ({ id, address }) => ({
      telecom: [email(simulated('bounce', id), { rank: 1 }), email(address, { rank: 2 })],
    }),
  },
  {
    story: 'the address is on SES’s suppression list',
    ending,
    patient: ({ id }) => ({ telecom: [email(simulated('suppressionlist', id))] }),
  },
  {
    story: 'the patient complains of the mail',
    ending,
    patient: ({ id }) => ({ telecom: [email(simulated('complaint', id))] }),
  },
  {
    story: 'out of office: the mail arrived all the same',
    ending,
    patient: ({ id }) => ({ telecom: [email(simulated('ooto', id))] }),
  },
];
