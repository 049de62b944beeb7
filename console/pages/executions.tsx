/** Executions, newest first; or those that left a case open, by how it ended. */
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { AnswerOf } from '../../functions/admin/contract.ts';
import { MACHINES } from '../../functions/domain/case/executions.ts';
import { useExecutions } from '../api/questions.ts';
import { Choice } from '../shell/choice.tsx';
import { Empty, listed, Page } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { EndingStatus, Status } from '../shell/status.tsx';
import { exactMomentOf, lengthOf } from '../time.ts';
import { outcomeWords } from '../words.ts';
import { executionPath, shortName, USUAL_MACHINE } from './execution-name.ts';
import { useFilters } from './filters.ts';
import { CursorPagination, usePosition } from './paged.tsx';

type Row = AnswerOf<'listExecutions'>['items'][number];

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];
const OUTCOMES = ['EMAIL_MISSING', 'HELD', 'FAILED'];
const ANY = { id: 'any', text: 'Any' };

export default function Executions() {
  const [read] = useFilters();
  const { cursor } = usePosition();
  const filters = { machine: read('machine'), status: read('status'), outcome: read('outcome') };
  const executions = useExecutions({ ...filters, cursor });
  const columns = useColumns(filters.machine, filters.outcome !== undefined);
  const { next, ...rows } = listed(
    executions,
    'executions',
    <Empty title="No matching executions">
      {executions.data?.next == null
        ? 'Take a filter off. Step Functions forgets executions after 90 days.'
        : 'Go on to the next page.'}
    </Empty>,
  );
  return (
    <Page title="Executions" description="Each takes one patient through the procedure once; a sweep starts many.">
      <Table
        {...rows}
        variant="container"
        header={<Header variant="h2">{filters.outcome === undefined ? 'Executions' : 'Open cases'}</Header>}
        ariaLabels={{ tableLabel: 'Executions' }}
        columnDefinitions={columns}
        trackBy="name"
        wrapLines
        filter={<Filters />}
        pagination={
          <CursorPagination
            list={`executions ${JSON.stringify(filters)}`}
            next={next}
            isReading={rows.loading}
            label="Pages of executions"
          />
        }
      />
    </Page>
  );
}

function Filters() {
  const [read, set] = useFilters();
  const machine = read('machine') ?? USUAL_MACHINE;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Choice
        label="State machine"
        options={MACHINES.map((id) => ({ id, text: id }))}
        chosen={machine}
        choose={(id) => set({ machine: id === USUAL_MACHINE ? undefined : id, outcome: undefined })}
      />
      <Choice
        label="Status"
        options={choices(STATUSES)}
        chosen={read('status') ?? ANY.id}
        choose={(id) => set({ status: chosenOf(id), outcome: undefined })}
      />
      {machine === USUAL_MACHINE ? (
        <Choice
          label="Open cases"
          options={choices(OUTCOMES)}
          chosen={read('outcome') ?? ANY.id}
          choose={(id) => set({ outcome: chosenOf(id), status: undefined })}
        />
      ) : null}
    </SpaceBetween>
  );
}

const choices = (values: readonly string[]) => [ANY, ...values.map((id) => ({ id, text: outcomeWords(id) }))];
const chosenOf = (id: string) => (id === ANY.id ? undefined : id);

function useColumns(machine: string | undefined, isByOutcome: boolean): TableProps.ColumnDefinition<Row>[] {
  const { timeZone } = usePracticeTime();
  return [
    {
      id: 'name',
      header: 'Execution',
      isRowHeader: true,
      minWidth: 180,
      cell: (row) => (
        <PageLink to={executionPath(row.name, row.machine)}>
          <Box variant="code">{shortName(row.name)}</Box>
        </PageLink>
      ),
    },
    { id: 'status', header: 'Status', cell: ({ status }) => <Status of={status} /> },
    ...(isByOutcome
      ? [
          {
            id: 'patient',
            header: 'Patient',
            cell: ({ patientId }: Row) =>
              patientId === null ? '–' : <PageLink to={`/patients/${patientId}`}>{patientId}</PageLink>,
          },
          { id: 'ending', header: 'Ended', minWidth: 240, cell: (row: Row) => <EndingStatus {...row} /> },
        ]
      : [
          {
            id: 'started',
            header: 'Started',
            cell: ({ startedAt }: Row) => (startedAt === null ? '–' : exactMomentOf(startedAt, timeZone)),
          },
          {
            id: 'took',
            header: 'Duration',
            cell: ({ startedAt, stoppedAt }: Row) =>
              startedAt === null || stoppedAt === null ? '–' : lengthOf(startedAt, stoppedAt),
          },
        ]),
    ...(machine === undefined ? [] : [{ id: 'machine', header: 'State machine', cell: (row: Row) => row.machine }]),
  ];
}
