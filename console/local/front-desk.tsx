/** What the front desk does in the chart, so that a case can go on; and whether the EHR tells of it. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import type { Chart, ChartEdit } from '../../local/console/local-api-contract.ts';
import { useNotices } from '../shell/notices.tsx';
import { useChartEdit } from './calls.ts';
import { WebhookShown } from './webhook-shown.tsx';

const BUTTONS: readonly { edit: ChartEdit; text: string }[] = [
  { edit: { edit: 'REGISTER' }, text: 'Patient registers' },
  { edit: { edit: 'OPT_OUT' }, text: 'Patient opts out' },
  { edit: { edit: 'SIGN_PIN_BY_HAND' }, text: 'Make a PIN by hand' },
  { edit: { edit: 'SET_INACTIVE' }, text: 'Set inactive' },
  { edit: { edit: 'SET_DECEASED' }, text: 'Set deceased' },
];

export function FrontDesk({ chart }: { chart: Chart }) {
  const { id } = chart.patient;
  const { tell } = useNotices();
  const [isTold, setIsTold] = useState(true);
  const edit = useChartEdit(id, (webhook) =>
    tell({
      type: 'success',
      header: 'The chart is changed',
      content:
        webhook === null ? (
          'Portal PIN was not told; redrive the case, or wait for its next look.'
        ) : (
          <WebhookShown sent={webhook} />
        ),
    }),
  );
  const save = (what: ChartEdit) => {
    if (!edit.isPending) edit.mutate({ edit: what, isTold });
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="An EHR reports changes to Portal PIN by webhook. Without a webhook the case resumes at its next check, or when staff try it again."
          actions={
            <Toggle checked={isTold} onChange={({ detail }) => setIsTold(detail.checked)}>
              Send webhook
            </Toggle>
          }
        >
          At the front desk
        </Header>
      }
    >
      <SpaceBetween size="l">
        {edit.error === null ? null : (
          <Alert type="error" header="The chart was not changed">
            {edit.error.message}
          </Alert>
        )}
        <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }]}>
          <EmailForm key={id} save={save} isSaving={edit.isPending} />
          <ProviderForm key={id} chart={chart} save={save} isSaving={edit.isPending} />
        </Grid>
        <SpaceBetween direction="horizontal" size="xs">
          {BUTTONS.map(({ edit: what, text }) => (
            <Button key={text} disabled={edit.isPending} onClick={() => save(what)}>
              {text}
            </Button>
          ))}
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

interface FormProps {
  save: (edit: ChartEdit) => void;
  isSaving: boolean;
}

function EmailForm({ save, isSaving }: FormProps) {
  const [address, setAddress] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim() !== '') save({ edit: 'ENTER_EMAIL', address: address.trim() });
      }}
    >
      <FormField label="Email address" description="Takes the place of those that are there.">
        <SpaceBetween direction="horizontal" size="xs">
          <Input value={address} onChange={({ detail }) => setAddress(detail.value)} placeholder="name@example.com" />
          <Button formAction="submit" disabled={isSaving}>
            Enter address
          </Button>
        </SpaceBetween>
      </FormField>
    </form>
  );
}

const AS_GP = { value: '', label: 'As general practitioner' };

function ProviderForm({ chart, save, isSaving }: FormProps & { chart: Chart }) {
  const [practitioner, setPractitioner] = useState<string | null>(null);
  const [at, setAt] = useState('');
  const practitioners = chart.practitioners.map(({ reference, name }) => ({ value: reference, label: name }));
  const places = [
    AS_GP,
    ...chart.organizations.map(({ reference, name }) => ({ value: reference, label: `At ${name}` })),
  ];
  return (
    <SpaceBetween size="xs">
      <FormField label="Responsible where" description="Replaces all other providers there (P5).">
        <Select
          options={places}
          selectedOption={places.find(({ value }) => value === at) ?? AS_GP}
          onChange={({ detail }) => setAt(detail.selectedOption.value ?? '')}
        />
      </FormField>
      <FormField label="Provider">
        <Select
          placeholder="Choose a provider"
          options={practitioners}
          selectedOption={practitioners.find(({ value }) => value === practitioner) ?? null}
          onChange={({ detail }) => setPractitioner(detail.selectedOption.value ?? null)}
        />
      </FormField>
      <Button
        disabled={isSaving || practitioner === null}
        onClick={() => {
          if (practitioner !== null) save({ edit: 'SET_PROVIDER', practitioner, at: at === '' ? null : at });
        }}
      >
        Set provider
      </Button>
    </SpaceBetween>
  );
}
