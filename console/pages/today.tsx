/** Today: what needs a person, grouped by what to do, and how the practice stands. */
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Overview } from '../../functions/admin/contract/work.ts';
import type { AnswerOf } from '../../functions/admin/contract.ts';
import { PauseButton } from '../actions/pause.tsx';
import { useOverview, usePracticePolicy } from '../api/questions.ts';
import { Choice } from '../shell/choice.tsx';
import { Answered, Empty, Page } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { dayNameOf, lengthOf, relativeTo } from '../time.ts';
import { LOOK_WORDS } from '../words.ts';
import { useFilters } from './filters.ts';
import { WorkGroup } from './work-group.tsx';

export default function Today() {
  const overview = useOverview();
  const [read] = useFilters();
  const day = overview.data === undefined ? undefined : dayNameOf(overview.data.today);
  return (
    <Page
      title="Today"
      description={day}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <LocationChoice />
          <PauseButton />
        </SpaceBetween>
      }
    >
      <Answered query={overview} what="the work list">
        {(data) => (
          <SpaceBetween size="l">
            <Numbers of={data} />
            {data.work.length === 0 ? <NothingToDo of={data} /> : null}
            {data.work.map((group) => (
              <WorkGroup key={group.todo} group={group} location={read('location')} />
            ))}
          </SpaceBetween>
        )}
      </Answered>
    </Page>
  );
}

/** In a group of offices each one's staff see to their own. */
function LocationChoice() {
  const [read, set] = useFilters();
  const locations = locationsIn(usePracticePolicy().data);
  if (locations.length < 2) return null;
  return (
    <Choice
      label="Location"
      options={[EVERYWHERE, ...locations.map((id) => ({ id, text: id }))]}
      chosen={read('location') ?? EVERYWHERE.id}
      choose={(id) => set({ location: id === EVERYWHERE.id ? undefined : id })}
    />
  );
}

/** No location has this id: it is none of FHIR's. */
const EVERYWHERE = { id: '*', text: 'all' };

/** Ids of the Organizations that the policy lists. */
function locationsIn(policy: AnswerOf<'readPractice'> | undefined): string[] {
  const listed = policy?.settings.find(({ key }) => key === 'locations')?.value;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((each: { organization?: unknown }) =>
    typeof each.organization === 'string' ? each.organization.replace('Organization/', '') : [],
  );
}

function Numbers({ of: { work, running, due, lastSweep, now } }: { of: Overview }) {
  const total = work.reduce((sum, { count }) => sum + count, 0);
  const isComplete = work.every((group) => group.isComplete);
  const oldest = work.map(({ oldestSince }) => oldestSince).toSorted()[0];
  return (
    <Container header={<Header variant="h2">At a glance</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          {
            label: 'Needs attention',
            value: (
              <>
                <Figure>{counted({ count: total, isComplete })}</Figure>
                {oldest === undefined ? null : (
                  <Box variant="p" color="text-body-secondary">
                    Oldest: waiting {lengthOf(oldest, now)}
                  </Box>
                )}
              </>
            ),
          },
          {
            label: 'Running now',
            value: (
              <Figure>
                {running.count > 0 ? (
                  <PageLink to="/executions?status=RUNNING" fontSize="display-l">
                    {counted(running)}
                  </PageLink>
                ) : (
                  '0'
                )}
              </Figure>
            ),
          },
          { label: 'Due at the next sweep', value: <Figure>{counted(due)}</Figure> },
          { label: 'Last sweep', value: <LastSweep of={lastSweep} now={now} /> },
        ]}
      />
    </Container>
  );
}

function Figure({ children }: { children: React.ReactNode }) {
  return <Box variant="awsui-value-large">{children}</Box>;
}

function LastSweep({ of, now }: { of: Overview['lastSweep']; now: string }) {
  if (of === null) return <>None in the last week</>;
  const { day, execution, status, startedAt, counts, dryRun } = of;
  const what = `${counts.STARTED} ${LOOK_WORDS.STARTED}`;
  return (
    <SpaceBetween size="xxs">
      <PageLink to={`/sweeps/${day}/${execution}`}>
        {dryRun ? 'Dry run, ' : ''}
        {relativeTo(now, startedAt)}
      </PageLink>
      {status === 'RUNNING' ? (
        <StatusIndicator type="in-progress">{what} so far</StatusIndicator>
      ) : (
        <StatusIndicator type={status === 'ENDED' ? 'success' : 'stopped'}>{what}</StatusIndicator>
      )}
    </SpaceBetween>
  );
}

/** `12`, or `100+` where counting stopped. */
export function counted({ count, isComplete }: { count: number; isComplete: boolean }): string {
  return isComplete ? String(count) : `${count}+`;
}

function NothingToDo({ of: { due, paused } }: { of: Overview }) {
  return (
    <Container>
      <Empty title="All caught up">
        {paused === null
          ? `Whatever can go on by itself does; the next sweep looks at ${counted(due)} patients.`
          : 'Nothing starts while all starts are paused.'}
      </Empty>
    </Container>
  );
}
