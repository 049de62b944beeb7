/** The switch that stops all starts: a banner while it is set, and the buttons for it. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useCanAct, useOverview } from '../api/questions.ts';
import { useNotices } from '../shell/notices.tsx';
import { usePracticeTime } from '../shell/practice-time.tsx';
import { momentOf } from '../time.ts';
import { ReasonDialog } from './reason-dialog.tsx';
import { useSending } from './send.ts';

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
      {isOpen ? <SwitchDialog to="resume" close={() => setIsOpen(false)} /> : null}
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
      <Button onClick={() => setIsOpen(true)}>Pause all starts</Button>
      {isOpen ? <SwitchDialog to="pause" close={() => setIsOpen(false)} /> : null}
    </>
  );
}

const SWITCH = {
  pause: {
    header: 'Pause all starts',
    verb: 'Pause',
    effect: 'No trigger starts an execution any more: no sweep, no webhook, no person. What runs goes to its end.',
    done: 'All starts are paused',
  },
  resume: {
    header: 'Resume starts',
    verb: 'Resume',
    effect: 'Executions may start again. The next sweep takes up what was left meanwhile.',
    done: 'Executions may start again',
  },
} as const;

function SwitchDialog({ to, close }: { to: 'pause' | 'resume'; close: () => void }) {
  const { tell } = useNotices();
  const { header, verb, effect, done } = SWITCH[to];
  const { send, isSending, isRepeating, error } = useSending(to, () => {
    sessionStorage.removeItem(`portal-pin.draft.${to}`);
    tell({ type: 'success', header: done });
    close();
  });
  return (
    <ReasonDialog
      header={header}
      verb={verb}
      effect={effect}
      draftKey={to}
      isSending={isSending}
      isRepeating={isRepeating}
      error={error}
      send={(reason) => send({ body: { reason } })}
      close={close}
    />
  );
}
