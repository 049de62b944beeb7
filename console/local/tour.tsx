/** The life of a PIN in two minutes, for a first look at Portal PIN. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Trouble, WebhookOrder } from '../../local/console/local-api-contract.ts';
import { useNotices } from '../shell/notices.tsx';
import { Page } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { isKnown, usePracticeTime } from '../shell/practice-time.tsx';
import { momentOf } from '../time.ts';
import { useTrouble, useWebhook } from './calls.ts';
import { useClock } from './clock.ts';
import { WebhookShown } from './webhook-shown.tsx';

export default function Tour() {
  return (
    <Page
      title="The life of a PIN in two minutes"
      description="This platform runs on your machine alone: the shipped workflow over a simulated EHR, table, mail and clock. Nothing you do here reaches anybody."
    >
      <SpaceBetween size="l">
        <Steps />
        <Clock />
        <Webhooks />
        <Troubles />
      </SpaceBetween>
    </Page>
  );
}

function Steps() {
  return (
    <Container header={<Header variant="h2">What to try</Header>}>
      <ol>
        <li>
          <PageLink to="/">Today</PageLink> shows the cases that need attention. All others were regenerated or needed
          nothing.
        </li>
        <li>Open the execution of one of them: the picture shows where it turned off, and why.</li>
        <li>
          Fix the cause in its chart: enter an address, or set the provider. The EHR tells by webhook, and the case goes
          on; or switch that off and try the case again yourself.
        </li>
        <li>
          The patient’s mail is in the <PageLink to="/local/mailbox">mailbox</PageLink>. Its link leads to the page on
          which the patient confirms a date of birth and sees the PIN.
        </li>
        <li>
          Let 30 days pass below: the PIN expires, a sweep finds it, and it is regenerated again. See the{' '}
          <PageLink to="/sweeps">sweeps</PageLink>.
        </li>
        <li>Let the patient register in the chart, and let 30 more days pass: nothing is due any more.</li>
      </ol>
    </Container>
  );
}

const MOVES = [
  { duration: 'P1D', text: '1 day later' },
  { duration: 'P7D', text: '7 days later' },
  { duration: 'P30D', text: '30 days later' },
];

function Clock() {
  const { now, timeZone } = usePracticeTime();
  const { move, isMoving } = useClock();
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The practice’s clock goes forward only. What becomes due meanwhile happens: PINs lapse, a sweep runs."
        >
          The clock
        </Header>
      }
    >
      <SpaceBetween size="s">
        <Box variant="awsui-value-large">{isKnown(now) ? momentOf(now, timeZone) : '…'}</Box>
        <SpaceBetween direction="horizontal" size="xs">
          {MOVES.map(({ duration, text }) => (
            <Button key={duration} loading={isMoving} onClick={() => move(duration)}>
              {text}
            </Button>
          ))}
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

const REASON = 'Sent from the tour.';

/** One of each kind that an EHR sends. */
const WEBHOOKS: readonly { text: string; order: (patientId: string) => WebhookOrder }[] = [
  { text: 'A PIN was issued', order: (patientId) => ({ type: 'pin.issued', data: { patientId } }) },
  {
    text: 'A person wants a new PIN',
    order: (patientId) => ({
      type: 'pin.regeneration_requested',
      data: { patientId, actor: 'front-desk', reason: REASON, force: true },
    }),
  },
  { text: 'The patient registered', order: (patientId) => ({ type: 'portal.registered', data: { patientId } }) },
  { text: 'An address changed', order: (patientId) => ({ type: 'patient.email_changed', data: { patientId } }) },
  { text: 'The patient opted out', order: (patientId) => ({ type: 'patient.opted_out', data: { patientId } }) },
  ...(['provider', 'deceased', 'inactive', 'merged'] as const).map((change) => ({
    text: `The patient was updated: ${change}`,
    order: (patientId: string): WebhookOrder => ({ type: 'patient.updated', data: { patientId, change } }),
  })),
];

function Webhooks() {
  const [patientId, setPatientId] = useState('demo-001');
  const webhook = useWebhook();
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Signed and sent as an EHR does. What counts is what stands in the chart: an event that says something else changes nothing."
        >
          The EHR’s webhooks
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField label="Patient">
          <Input value={patientId} onChange={({ detail }) => setPatientId(detail.value)} />
        </FormField>
        <SpaceBetween direction="horizontal" size="xs">
          {WEBHOOKS.map(({ text, order }) => (
            <Button
              key={text}
              disabled={webhook.isPending || patientId.trim() === ''}
              onClick={() => webhook.mutate(order(patientId.trim()))}
            >
              {text}
            </Button>
          ))}
        </SpaceBetween>
        {webhook.data === undefined ? null : <WebhookShown sent={webhook.data} />}
        {webhook.error === null ? null : (
          <Alert type="error" header="The webhook was not sent">
            {webhook.error.message}
          </Alert>
        )}
      </SpaceBetween>
    </Container>
  );
}

const TROUBLES: readonly { trouble: Trouble; text: string }[] = [
  { trouble: 'EHR_BUSY', text: 'The EHR is busy three times' },
  { trouble: 'SIGNING_REFUSED', text: 'The EHR refuses a signing' },
  { trouble: 'MAIL_REFUSED', text: 'The mail is refused' },
  { trouble: 'ANSWER_LOST', text: 'The mail’s answer gets lost' },
];

function Troubles() {
  const { tell } = useNotices();
  const trouble = useTrouble();
  const arm = (which: Trouble | null, text: string) =>
    trouble.mutate(which, {
      onSuccess: () => tell({ type: 'info', header: which === null ? 'Everything works again' : `Next: ${text}` }),
      onError: (error) => tell({ type: 'error', header: 'It could not be set', content: error.message }),
    });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Once, for the next request. Then regenerate a patient’s PIN and watch the execution."
        >
          Let something go wrong
        </Header>
      }
    >
      <SpaceBetween direction="horizontal" size="xs">
        {TROUBLES.map(({ trouble: which, text }) => (
          <Button key={which} disabled={trouble.isPending} onClick={() => arm(which, text)}>
            {text}
          </Button>
        ))}
        <Button variant="link" onClick={() => arm(null, '')}>
          Clear faults
        </Button>
      </SpaceBetween>
    </Container>
  );
}
