/** One case: the PIN, why it stands as it does, what was tried, and what people decided. */
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useParams } from 'react-router';
import type { PatientView } from '../../functions/admin/contract/patients.ts';
import { CaseActions } from '../actions/case-actions.tsx';
import { useSurroundings } from '../api/context.tsx';
import { usePatient } from '../api/questions.ts';
import { Answered, Empty, Page } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { EndingStatus, PinStatus, Status } from '../shell/status.tsx';
import { lengthOf, momentOf, shortDayOf } from '../time.ts';
import { ACTION_WORDS, TODO_WORDS } from '../words.ts';

export default function Patient() {
  const { patientId = '' } = useParams();
  const patient = usePatient(patientId);
  const { data } = patient;
  return (
    <Page
      title={patientId}
      tabTitle={`Patient ${patientId}`}
      description="Id of the FHIR Patient. Identity is in the EHR."
      actions={data === undefined ? null : <CaseActions of={data} variant="primary" />}
    >
      <Answered
        query={patient}
        what="the case"
        missing={
          <Container>
            <Empty title={`No record of ${patientId}`}>
              No PIN is tracked for this patient. Check the id of the FHIR Patient; a patient without a PIN has no
              record. Back to <PageLink to="/patients">Patients</PageLink>.
            </Empty>
          </Container>
        }
      >
        {(found) => (
          <SpaceBetween size="l">
            <Standing of={found} />
            <Why of={found} />
            <Executions of={found} />
            <Decisions of={found} />
          </SpaceBetween>
        )}
      </Answered>
    </Page>
  );
}

function Standing({ of }: { of: PatientView }) {
  const { site } = useSurroundings();
  const { timeZone, now } = usePracticeTime();
  const { pin, todo, since, nextCheckDay, location, message, failures, unclaimedCycles, staffTasks } = of;
  const moment = (instant: string | null) => (instant === null ? '–' : momentOf(instant, timeZone));
  return (
    <Container header={<Header variant="h2">The case</Header>}>
      <SpaceBetween size="l">
        {todo === null ? null : (
          <Box>
            <Box variant="strong">{TODO_WORDS[todo].title}.</Box> {TODO_WORDS[todo].how}
          </Box>
        )}
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'PIN', value: <PinStatus pin={pin} /> },
            { label: 'Issued', value: moment(pin.issuedAt) },
            { label: 'Expires', value: moment(pin.expiresAt) },
            { label: 'Last result', value: <EndingStatus {...of} /> },
            { label: 'Waiting for staff', value: since === null ? 'no' : lengthOf(since, now) },
            { label: 'Next check', value: nextCheckDay === null ? 'Manual only' : shortDayOf(nextCheckDay) },
            { label: 'Notification', value: message === null ? 'none' : messageWords(message) },
            { label: 'Picked up', value: moment(of.pickedUpAt) },
            { label: 'Registered', value: moment(of.registeredAt) },
            { label: 'Reminded', value: of.reminder === null ? 'not yet' : `on day ${of.reminder}` },
            { label: 'Location of care', value: location ?? 'not known' },
            { label: 'Consecutive unused PINs', value: unclaimedCycles },
            { label: 'Consecutive failures', value: failures },
            {
              label: 'Open tasks for staff',
              value:
                staffTasks.length === 0
                  ? 'none'
                  : staffTasks.map(({ code, reason }) => `${code} (${reason})`).join(', '),
            },
            ...(site.local === null
              ? []
              : [{ label: 'Chart', value: <PageLink to={`/local/chart/${of.patientId}`}>Open the chart</PageLink> }]),
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

function messageWords({ state, isFiled }: NonNullable<PatientView['message']>): string {
  switch (state) {
    case 'OWED':
      return 'to be sent';
    case 'INTENDED':
      return 'being sent, or lost';
    case 'ACCEPTED':
      return isFiled ? 'sent, and in the chart' : 'sent, not yet in the chart';
    case 'REFUSED':
      return 'refused by the mail service';
    case 'UNKNOWN':
      return 'delivery unknown';
    case 'SETTLED':
      return 'a person has told the patient';
  }
}

function Why({ of: { explain } }: { of: PatientView }) {
  return (
    <Table
      variant="container"
      header={
        <Header variant="h2" description="Each rule of the procedure with the fact behind it.">
          Status details
        </Header>
      }
      ariaLabels={{ tableLabel: 'Status details' }}
      wrapLines
      columnDefinitions={[
        { id: 'rule', header: 'Rule', isRowHeader: true, cell: ({ rule }) => rule },
        { id: 'fact', header: 'Fact', cell: ({ fact }) => fact },
      ]}
      items={explain}
    />
  );
}

function Executions({ of: { executions } }: { of: PatientView }) {
  const { timeZone } = usePracticeTime();
  return (
    <Table
      variant="container"
      header={<Header variant="h2">Executions</Header>}
      ariaLabels={{ tableLabel: 'Executions of this patient' }}
      columnDefinitions={[
        {
          id: 'attempt',
          header: 'Attempt',
          isRowHeader: true,
          cell: ({ name, attempt }) => <PageLink to={`/executions/${name}`}>Attempt {attempt}</PageLink>,
        },
        { id: 'status', header: 'Status', cell: ({ status }) => <Status of={status} /> },
        { id: 'started', header: 'Started', cell: ({ startedAt }) => momentOf(startedAt, timeZone) },
        {
          id: 'took',
          header: 'Duration',
          cell: ({ startedAt, stoppedAt }) => (stoppedAt === null ? '–' : lengthOf(startedAt, stoppedAt)),
        },
      ]}
      items={executions}
      trackBy="name"
      empty={<Empty title="No executions">Step Functions forgets them after 90 days.</Empty>}
    />
  );
}

function Decisions({ of: { decisions } }: { of: PatientView }) {
  const { timeZone } = usePracticeTime();
  return (
    <Table
      variant="container"
      header={<Header variant="h2">Decisions</Header>}
      ariaLabels={{ tableLabel: 'Decisions about this patient' }}
      wrapLines
      columnDefinitions={[
        { id: 'what', header: 'What', isRowHeader: true, cell: ({ action }) => ACTION_WORDS[action].verb },
        { id: 'actor', header: 'User', cell: ({ actor }) => actor },
        { id: 'why', header: 'Why', cell: ({ reason }) => reason },
        { id: 'when', header: 'When', cell: ({ at }) => momentOf(at, timeZone) },
      ]}
      items={decisions}
      trackBy="id"
      empty={<Empty title="No decisions about this patient" />}
    />
  );
}
