/** Pausing all starts, and resuming them. */
import { useNotices } from '../shell/notices.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { useSending } from './send.ts';

const SWITCH = {
  pause: {
    header: 'Pause processing',
    verb: 'Pause',
    effect: 'No sweep, webhook or person can start an execution. Running work will finish.',
    done: 'All starts are paused',
  },
  resume: {
    header: 'Resume starts',
    verb: 'Resume',
    effect: 'Executions may start again. The next sweep takes up what was left meanwhile.',
    done: 'Executions may start again',
  },
} as const;

export default function PauseDialog({ to, close }: { to: 'pause' | 'resume'; close: () => void }) {
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
