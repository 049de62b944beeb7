/** One kind of thing to do, and the cases that wait for it, oldest first. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { Overview, WorkItem } from '../../functions/admin/contract/work.ts';
import { CaseActions } from '../actions/case-actions.tsx';
import { useWorkList } from '../api/questions.ts';
import { Empty, listed } from '../shell/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { EndingStatus } from '../shell/status.tsx';
import { lengthOf, shortDayOf } from '../time.ts';
import { TODO_WORDS } from '../words.ts';

/** At first: enough to begin with, few enough that every group is seen. */
const FIRST = 5;
/** As many as the API gives at once. */
const MOST = 100;

interface Props {
  group: Overview['work'][number];
  /** Of care: its cases alone. */
  location: string | undefined;
}

export function WorkGroup({ group, location }: Props) {
  const { todo, count, isComplete, oldestSince } = group;
  const [limit, setLimit] = useState(FIRST);
  const list = useWorkList({ todo, location, limit: String(limit) });
  const { now } = usePracticeTime();
  const columns = useColumns();
  const { title, how } = TODO_WORDS[todo];
  const { items, loading, loadingText, empty } = listed(
    list,
    'the cases',
    location === undefined ? (
      <Empty title="Done">The last of these has just been seen to.</Empty>
    ) : (
      <Empty title="No cases at this location">These cases are at other locations, or at none.</Empty>
    ),
  );
  const hasMore = (list.data?.next ?? null) !== null;
  return (
    <Table
      variant="container"
      header={
        <Header
          variant="h2"
          // The overview counts everywhere.
          {...(location === undefined && { counter: `(${count}${isComplete ? '' : '+'})` })}
          description={`${how} Oldest: waiting ${lengthOf(oldestSince, now)}.`}
        >
          {title}
        </Header>
      }
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={columns}
      items={items}
      trackBy="patientId"
      wrapLines
      loading={loading}
      loadingText={loadingText}
      empty={empty}
      footer={
        hasMore && limit < MOST ? (
          <Box textAlign="center">
            <Button variant="link" onClick={() => setLimit(MOST)}>
              Show all
            </Button>
          </Box>
        ) : hasMore ? (
          <Box color="text-body-secondary">Those that wait longest are shown. See to them first.</Box>
        ) : undefined
      }
    />
  );
}

function useColumns(): TableProps.ColumnDefinition<WorkItem>[] {
  const { now } = usePracticeTime();
  return [
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
    { id: 'why', header: 'Why', minWidth: 220, cell: (item) => <EndingStatus {...item} /> },
    { id: 'since', header: 'Waiting', cell: ({ since }) => <span className="whole">{lengthOf(since, now)}</span> },
    {
      id: 'next',
      header: 'Next check',
      cell: ({ nextCheckDay }) => (nextCheckDay === null ? 'Manual only' : shortDayOf(nextCheckDay)),
    },
    { id: 'location', header: 'Location', cell: ({ location }) => <span className="whole">{location ?? '–'}</span> },
    {
      id: 'execution',
      header: 'Execution',
      cell: ({ execution }) => (execution === null ? '–' : <PageLink to={`/executions/${execution}`}>Open</PageLink>),
    },
    {
      id: 'actions',
      header: 'Actions',
      minWidth: 175,
      cell: (item) => (
        <span className="whole">
          <CaseActions of={item} />
        </span>
      ),
    },
  ];
}
