/** Starting a sweep, or a dry run of one. */
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useCanAct } from '../api/questions.ts';
import { useNotices } from '../shell/notices.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { useSending } from './send.ts';

const KINDS = {
  'dry-run': {
    verb: 'Dry run',
    effect: 'Looks at everybody who is due and counts whom a sweep would start. Nothing is started.',
    done: 'A dry run has started',
  },
  sweep: {
    verb: 'Start a sweep',
    effect: 'Starts an execution for everybody who is due, at the practice’s rate and within its daily limit.',
    done: 'A sweep has started',
  },
} as const;
type Kind = keyof typeof KINDS;

export function StartSweep() {
  const canAct = useCanAct();
  const [kind, setKind] = useState<Kind | null>(null);
  if (!canAct) return null;
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button onClick={() => setKind('dry-run')}>{KINDS['dry-run'].verb}</Button>
        <Button variant="primary" onClick={() => setKind('sweep')}>
          {KINDS.sweep.verb}
        </Button>
      </SpaceBetween>
      {kind === null ? null : <SweepDialog kind={kind} close={() => setKind(null)} />}
    </>
  );
}

function SweepDialog({ kind, close }: { kind: Kind; close: () => void }) {
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
