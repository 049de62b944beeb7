/** Asks why a sweep, or a dry run of one, is to be started by hand. */
import { useNotices } from '../shell/notices.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { useSending } from './send.ts';

export type SweepKind = 'dry-run' | 'sweep';

const KINDS = {
  'dry-run': {
    verb: 'Dry run',
    effect: 'Checks all due patients and counts the executions a sweep would start. Nothing is started.',
    done: 'A dry run has started',
  },
  sweep: {
    verb: 'Start a sweep',
    effect: 'Starts an execution for every due patient, at the practice’s rate and within its daily limit.',
    done: 'A sweep has started',
  },
} as const;

export default function SweepDialog({ kind, close }: { kind: SweepKind; close: () => void }) {
  const { tell } = useNotices();
  const { verb, effect, done } = KINDS[kind];
  const { send, isSending, isRepeating, error } = useSending('startSweep', ({ day, execution }) => {
    sessionStorage.removeItem(`portal-pin.draft.${kind}`);
    tell({
      type: 'success',
      header: done,
      content: <PageLink to={`/sweeps/${day}/${execution}`}>Open its report</PageLink>,
    });
    close();
  });
  return (
    <ReasonDialog
      header={verb}
      verb={verb}
      effect={effect}
      draftKey={kind}
      isSending={isSending}
      isRepeating={isRepeating}
      error={error}
      send={(reason) => send({ body: { dryRun: kind === 'dry-run', reason } })}
      close={close}
    />
  );
}
