/** The switch that stops all starts: a banner while it is set, and the buttons for it. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { lazy, Suspense, useState } from 'react';
import { useCanAct, useOverview } from '../api/questions.ts';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { momentOf } from '../time.ts';

const PauseDialog = lazy(() => import('./pause-dialog.tsx'));

export function PauseBanner() {
  const { data } = useOverview();
  const { timeZone } = usePracticeTime();
  const canAct = useCanAct();
  const [isOpen, setIsOpen] = useState(false);
  const paused = data?.paused ?? null;
  if (paused === null) return null;
  return (
    <>
      <Alert
        type="warning"
        header="All starts are paused"
        action={canAct ? <Button onClick={() => setIsOpen(true)}>Resume</Button> : null}
      >
        By {paused.actor} since {momentOf(paused.at, timeZone)}: {paused.reason}
      </Alert>
      {isOpen ? (
        <Suspense>
          <PauseDialog to="resume" close={() => setIsOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

export function PauseButton() {
  const { data } = useOverview();
  const canAct = useCanAct();
  const [isOpen, setIsOpen] = useState(false);
  if (!canAct || data === undefined || data.paused !== null) return null;
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Pause processing</Button>
      {isOpen ? (
        <Suspense>
          <PauseDialog to="pause" close={() => setIsOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
