/** The history of an execution, event by event, oldest first. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { HistoryEventView } from '../../functions/admin/contract/executions.ts';
import { Empty } from '../shell/page.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';

/** A sweep has thousands of events, a patient's execution a few dozen. */
const SHOWN = 100;

export function Events({ events, choose }: { events: readonly HistoryEventView[]; choose: (state: string) => void }) {
  const { timeZone } = usePracticeTime();
  const [shown, setShown] = useState(SHOWN);
  // Of a long one the end says what it is doing.
  const latest = events.slice(-shown);
  const format = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium', timeZone });
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      wrapLines
      ariaLabels={{ tableLabel: 'Events' }}
      columnDefinitions={[
        { id: 'id', header: '#', width: 52, cell: ({ id }) => id },
        {
          id: 'what',
          header: 'Event',
          isRowHeader: true,
          cell: ({ type, at, state, attempt, error }) => (
            <>
              {type} <Box variant="small">{format.format(new Date(at))}</Box>
              {state === null ? null : (
                <div>
                  <Link onFollow={() => choose(state)}>{state}</Link>
                  {attempt === null || attempt === 1 ? '' : `, attempt ${attempt}`}
                </div>
              )}
              {error === null ? null : <Box color="text-status-error">{error}</Box>}
            </>
          ),
        },
      ]}
      items={latest}
      trackBy={({ id }) => String(id)}
      empty={<Empty title="Nothing has happened yet">It has just been started.</Empty>}
      footer={
        latest.length < events.length ? (
          <Box textAlign="center">
            <Button variant="link" onClick={() => setShown(events.length)}>
              Show all {events.length}
            </Button>
          </Box>
        ) : undefined
      }
    />
  );
}
