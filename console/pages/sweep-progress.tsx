import Container from '@cloudscape-design/components/container';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import type { Sweep } from '../../functions/admin/contract/sweeps.ts';
import { useOverview } from '../api/questions.ts';
import { PageLink } from '../shell/page-link.tsx';

/** How far a sweep that runs is: what it has looked at, of that and what is due yet. */
export function SweepProgress({ of: { day, execution, counts, dryRun } }: { of: Sweep }) {
  const due = useOverview().data?.due;
  const done = Object.values(counts).reduce((sum, count) => sum + count, 0);
  // A started patient is no longer due; in a dry run all stay due.
  const total = due === undefined ? done : dryRun ? Math.max(done, due.count) : done + due.count;
  const value = total === 0 ? 0 : Math.round((done / total) * 100);
  return (
    <Container>
      <ProgressBar
        value={value}
        label={dryRun ? 'A dry run is under way' : 'A sweep is under way'}
        description={`${done} looked at${due === undefined ? '' : `, about ${Math.max(0, total - done)} left`}; ${counts.STARTED} ${dryRun ? 'would be started' : 'started'}`}
        additionalInfo={<PageLink to={`/sweeps/${day}/${execution}`}>Open its report</PageLink>}
      />
    </Container>
  );
}
