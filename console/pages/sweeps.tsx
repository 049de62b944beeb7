/** Sweeps: what each day's did, as a picture and as a list; starting one. */
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { lazy, Suspense } from 'react';
import type { Sweep } from '../../functions/admin/contract/sweeps.ts';
import { StartSweep } from '../actions/start-sweep.tsx';
import { useSweeps } from '../api/questions.ts';
import { Choice } from '../shell/choice.tsx';
import { Answered, Empty, Page, Reading } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { lengthOf, momentOf } from '../time.ts';
import { useFilters } from './filters.ts';
import { SweepProgress } from './sweep-progress.tsx';
import { SweepStatus } from './sweep-status.tsx';

// Charts are a chunk of their own: the list is there before them.
const SweepChart = lazy(() => import('./sweep-chart.tsx'));

const SPANS = [
  { id: '7', text: '7 days' },
  { id: '14', text: '14 days' },
  { id: '31', text: '31 days' },
];
const USUAL = '7';

export default function Sweeps() {
  const [read, set] = useFilters();
  const span = SPANS.find(({ id }) => id === read('days'))?.id ?? USUAL;
  const sweeps = useSweeps(undefined, Number(span));
  const columns = useColumns();
  return (
    <Page
      title="Sweeps"
      description="Once a day a sweep starts an execution for every due patient. The next sweep continues with the rest."
      actions={<StartSweep />}
    >
      <Answered query={sweeps} what="sweeps">
        {({ items, from, to }) => (
          <SpaceBetween size="l">
            {items
              .filter(({ status }) => status === 'RUNNING')
              .map((sweep) => (
                <SweepProgress key={sweep.execution} of={sweep} />
              ))}
            <Container
              header={
                <Header
                  variant="h2"
                  description="Patients checked by sweeps, by day and result. Dry runs are excluded."
                  actions={
                    <Choice
                      label="Shown"
                      options={SPANS}
                      chosen={span}
                      choose={(id) => set({ days: id === USUAL ? undefined : id })}
                    />
                  }
                >
                  Day by day
                </Header>
              }
            >
              <Suspense fallback={<Reading what="the chart" />}>
                <SweepChart sweeps={items} from={from} to={to} />
              </Suspense>
            </Container>
            <Table
              variant="container"
              header={<Header variant="h2">Reports</Header>}
              ariaLabels={{ tableLabel: 'Sweeps' }}
              columnDefinitions={columns}
              items={items}
              trackBy="execution"
              empty={
                <Empty title="No sweep in these days">The next one begins by itself; start one to have it now.</Empty>
              }
            />
          </SpaceBetween>
        )}
      </Answered>
    </Page>
  );
}

function useColumns(): TableProps.ColumnDefinition<Sweep>[] {
  const { timeZone } = usePracticeTime();
  return [
    {
      id: 'began',
      header: 'Began',
      isRowHeader: true,
      minWidth: 180,
      cell: ({ day, execution, startedAt }) => (
        <PageLink to={`/sweeps/${day}/${execution}`}>{momentOf(startedAt, timeZone)}</PageLink>
      ),
    },
    { id: 'status', header: 'Status', minWidth: 160, cell: (sweep) => <SweepStatus of={sweep} /> },
    { id: 'kind', header: 'Kind', cell: ({ dryRun }) => (dryRun ? 'dry run' : 'sweep') },
    {
      id: 'took',
      header: 'Duration',
      cell: ({ startedAt, endedAt }) => (endedAt === null ? '–' : lengthOf(startedAt, endedAt)),
    },
    { id: 'started', header: 'Started', cell: ({ counts }) => counts.STARTED },
    { id: 'running', header: 'Running', cell: ({ counts }) => counts.RUNNING },
    { id: 'not-due', header: 'Not due', cell: ({ counts }) => counts.NOT_DUE },
    { id: 'failed', header: 'Failed', cell: ({ counts }) => counts.FAILED },
  ];
}
