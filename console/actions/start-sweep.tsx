/** Starting a sweep, or a dry run of one. */
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import { useCanAct } from '../api/questions.ts';
import type { SweepKind } from './sweep-dialog.tsx';

const SweepDialog = lazy(() => import('./sweep-dialog.tsx'));

export function StartSweep() {
  const canAct = useCanAct();
  const [kind, setKind] = useState<SweepKind | null>(null);
  if (!canAct) return null;
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button onClick={() => setKind('dry-run')}>Dry run</Button>
        <Button variant="primary" onClick={() => setKind('sweep')}>
          Start a sweep
        </Button>
      </SpaceBetween>
      {kind === null ? null : (
        <Suspense>
          <SweepDialog kind={kind} close={() => setKind(null)} />
        </Suspense>
      )}
    </>
  );
}
