/** Upcoming checks: expiring PINs and cases due for another check. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import type { PatientRow } from '../../functions/admin/contract/patients.ts';
import { useOverview, usePatients } from '../api/questions.ts';
import { Choice } from '../shell/choice.tsx';
import { Answered, Empty, listed, Page } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { EndingStatus, PinStatus } from '../shell/status.tsx';
import { dayAfter, shortDayOf } from '../time.ts';
import { TODO_WORDS } from '../words.ts';
import { useFilters } from './filters.ts';
import { CursorPagination, usePosition } from './paged.tsx';

const SPANS = [
  { id: '1', text: 'Today' },
  { id: '7', text: '7 days' },
  { id: '30', text: '30 days' },
  { id: '90', text: '90 days' },
];
const USUAL = '30';

export default function Patients() {
  const overview = useOverview();
  return (
    <Page
      title="Patients"
      description="By the day of the next check: the day the PIN expires or the case is tried again. Identity is in the EHR."
      actions={<Search />}
    >
      <Answered query={overview} what="the day">
        {({ today }) => <List today={today} />}
      </Answered>
    </Page>
  );
}

/** The id is opaque, so it is searched for as a whole. */
function Search() {
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const open = (event: FormEvent) => {
    event.preventDefault();
    const wanted = id.trim().replace(/^Patient\//, '');
    if (wanted !== '') void navigate(`/patients/${encodeURIComponent(wanted)}`);
  };
  return (
    <form onSubmit={open}>
      <SpaceBetween direction="horizontal" size="xs">
        <Input
          type="search"
          value={id}
          onChange={({ detail }) => setId(detail.value)}
          placeholder="Patient id"
          ariaLabel="Id of the FHIR Patient"
        />
        <Button formAction="submit">Open</Button>
      </SpaceBetween>
    </form>
  );
}

function List({ today }: { today: string }) {
  const [read, set] = useFilters();
  const { cursor } = usePosition();
  const span = SPANS.find(({ id }) => id === read('days'))?.id ?? USUAL;
  const to = dayAfter(today, Number(span) - 1);
  const query = { from: today, to, cursor };
  const patients = usePatients(query);
  const { next, ...rows } = listed(
    patients,
    'patients',
    <Empty title="No checks in this period">
      {patients.data?.next == null ? 'Choose a longer span, or open a patient by id.' : 'Go on to the next page.'}
    </Empty>,
  );
  return (
    <Table
      {...rows}
      variant="container"
      header={<Header variant="h2">Upcoming checks</Header>}
      ariaLabels={{ tableLabel: 'Patients' }}
      columnDefinitions={COLUMNS}
      trackBy="patientId"
      wrapLines
      filter={
        <Choice
          label="Next check within"
          options={SPANS}
          chosen={span}
          choose={(id) => set({ days: id === USUAL ? undefined : id })}
        />
      }
      pagination={
        <CursorPagination list={`patients ${to}`} next={next} isReading={rows.loading} label="Pages of patients" />
      }
    />
  );
}

const COLUMNS: TableProps.ColumnDefinition<PatientRow>[] = [
  {
    id: 'patient',
    header: 'Patient',
    isRowHeader: true,
    cell: ({ patientId }) => (
      <span className="whole">
        <PageLink to={`/patients/${patientId}`}>{patientId}</PageLink>
      </span>
    ),
  },
  { id: 'pin', header: 'PIN', minWidth: 210, cell: ({ pin }) => <PinStatus pin={pin} /> },
  { id: 'case', header: 'Last result', minWidth: 220, cell: (row) => <EndingStatus {...row} /> },
  {
    id: 'todo',
    header: 'To do',
    minWidth: 150,
    cell: ({ todo }) => (todo === null ? <Box color="text-body-secondary">nothing</Box> : TODO_WORDS[todo].title),
  },
  {
    id: 'next',
    header: 'Next check',
    cell: ({ nextCheckDay }) => (nextCheckDay === null ? 'Manual only' : shortDayOf(nextCheckDay)),
  },
  { id: 'location', header: 'Location', cell: ({ location }) => <span className="whole">{location ?? '–'}</span> },
];
