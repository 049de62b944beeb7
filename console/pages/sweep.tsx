/** One sweep: what its looks came to, and what became of what it started. */
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { lazy, Suspense } from 'react';
import { useParams } from 'react-router';
import type { AnswerOf } from '../../functions/admin/contract.ts';
import { useSweep } from '../api/questions.ts';
import { Answered, Empty, Page, Reading, upper } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { dayNameOf, isDay, lengthOf, momentOf } from '../time.ts';
import { endingWords, LOOK_WORDS } from '../words.ts';
import { executionPath } from './execution-name.ts';
import { SweepProgress } from './sweep-progress.tsx';
import { SweepStatus } from './sweep-status.tsx';

const OutcomeChart = lazy(() => import('./outcome-chart.tsx'));

export default function SweepPage() {
  const { day = '', execution = '' } = useParams();
  const sweep = useSweep(day, execution);
  return (
    <Page
      title={sweep.data?.dryRun ? 'Dry run of a sweep' : 'Sweep'}
      tabTitle={`Sweep of ${day}`}
      description={isDay(day) ? dayNameOf(day) : day}
    >
      <Answered
        query={sweep}
        what="the report"
        missing={
          <Container>
            <Empty title="No such sweep">
              Reports are kept for a year. Back to <PageLink to="/sweeps">Sweeps</PageLink>.
            </Empty>
          </Container>
        }
      >
        {(report) => <Report of={report} />}
      </Answered>
    </Page>
  );
}

function Report({ of }: { of: AnswerOf<'readSweep'> }) {
  const { timeZone } = usePracticeTime();
  const { execution, startedAt, endedAt, minutes, counts, outcomes, conversion, dryRun, status } = of;
  const rows = Object.entries(outcomes).toSorted(([, a], [, b]) => b - a);
  return (
    <SpaceBetween size="l">
      {status === 'RUNNING' ? <SweepProgress of={of} /> : null}
      <Container header={<Header variant="h2">The sweep</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Status', value: <SweepStatus of={of} /> },
            { label: 'Began', value: momentOf(startedAt, timeZone) },
            { label: 'Duration', value: endedAt === null ? '–' : lengthOf(startedAt, endedAt) },
            { label: 'Active minutes', value: minutes },
            ...Object.entries(counts).map(([look, count]) => ({
              label: dryRun && look === 'STARTED' ? 'Would be started' : upper(LOOK_WORDS[look] ?? look),
              value: count,
            })),
            {
              label: 'Execution',
              value: <PageLink to={executionPath(execution, 'sweep-expiring-pins')}>{execution}</PageLink>,
            },
          ]}
        />
      </Container>
      {dryRun ? null : (
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Outcomes</Header>}>
            {rows.length === 0 ? (
              <Empty title="No executions started">No patient was due.</Empty>
            ) : (
              <Suspense fallback={<Reading what="the chart" />}>
                <OutcomeChart outcomes={outcomes} />
              </Suspense>
            )}
          </Container>
          <Table
            variant="container"
            header={<Header variant="h2">Outcome counts</Header>}
            ariaLabels={{ tableLabel: 'Outcomes' }}
            columnDefinitions={[
              { id: 'ending', header: 'Ending', isRowHeader: true, cell: ([key]) => endingWords(key) },
              { id: 'count', header: 'Patients', cell: ([, count]) => count },
            ]}
            items={rows}
            empty={<Empty title="It has started nothing" />}
          />
          <Table
            variant="container"
            header={
              <Header variant="h2" description="By location of care: what came of the PINs that its executions signed.">
                Patient activity
              </Header>
            }
            ariaLabels={{ tableLabel: 'Patient activity' }}
            columnDefinitions={[
              {
                id: 'location',
                header: 'Location',
                isRowHeader: true,
                cell: ([key]) => (key === 'NONE' ? 'not known' : key),
              },
              { id: 'issued', header: 'Issued', cell: ([, { issued }]) => issued },
              { id: 'picked-up', header: 'Picked up', cell: ([, { pickedUp }]) => pickedUp },
              { id: 'registered', header: 'Registered', cell: ([, { registered }]) => registered },
              { id: 'replaced', header: 'Replaced unused', cell: ([, { replaced }]) => replaced },
            ]}
            items={Object.entries(conversion)}
            empty={<Empty title="No PINs issued" />}
          />
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}
