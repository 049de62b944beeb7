/** The dialog of an action: what it does, why it is done, and what the API says to it. */
import Alert from '@cloudscape-design/components/alert';
import Checkbox from '@cloudscape-design/components/checkbox';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ActionAnswer } from '../../functions/admin/contract/patients.ts';
import type { Action } from '../../functions/domain/work.ts';
import { patientKey } from '../api/questions.ts';
import { useNotices } from '../shell/notices.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { EndingStatus } from '../shell/status.tsx';
import { ACTION_WORDS, REFUSAL_WORDS } from '../words.ts';
import type { ActionableCase } from './case-actions.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { useSending } from './send.ts';

export default function CaseDialog({ of, action, close }: { of: ActionableCase; action: Action; close: () => void }) {
  const { patientId } = of;
  const { tell } = useNotices();
  const client = useQueryClient();
  const [isForced, setIsForced] = useState(false);
  // As it was when the person looked; after a conflict, as the API said it is.
  const [seen, setSeen] = useState(of);
  const draftKey = `${action}.${patientId}`;
  const { send, isSending, isRepeating, error } = useSending('actOnPatient', (answer) => {
    sessionStorage.removeItem(`portal-pin.draft.${draftKey}`);
    tell(noticeOf(action, patientId, answer));
    close();
  });
  const now = error?.problem?.patient;
  useEffect(() => {
    if (now === undefined) return;
    setSeen(now);
    client.setQueryData(patientKey(patientId), now);
  }, [now, client, patientId]);
  const { verb, effect } = ACTION_WORDS[action];
  const isOver = now !== undefined && !now.actions.includes(action);
  const isGone = error?.code === 'patient-gone' || error?.code === 'patient-unknown';
  return (
    <ReasonDialog
      header={`${verb}: ${patientId}`}
      verb={now !== undefined && !isOver ? `${verb} all the same` : verb}
      effect={effect}
      draftKey={draftKey}
      isSending={isSending}
      isRepeating={isRepeating}
      error={error}
      isBlocked={isOver || isGone}
      problem={
        now === undefined ? undefined : (
          <Alert type="warning" header="The case has changed meanwhile">
            Nothing was done. {REFUSAL_WORDS[error?.problem?.code ?? ''] ?? ''} It stands so now:{' '}
            <EndingStatus outcome={now.outcome} reason={now.reason} isAtWork={now.isAtWork} />{' '}
            {isOver ? 'This action does not fit it any more. ' : 'Decide again. '}
            <PageLink to={`/patients/${patientId}`}>Open the case</PageLink>
          </Alert>
        )
      }
      send={(reason) =>
        send({
          parameters: { patientId },
          body: { action, reason, version: seen.version, ...(action === 'regenerate' && isForced && { force: true }) },
        })
      }
      close={close}
    >
      {action === 'regenerate' ? (
        <Checkbox
          checked={isForced}
          onChange={({ detail }) => setIsForced(detail.checked)}
          description="Also where the old one is valid: it dies when the new one is signed."
        >
          Force a new PIN
        </Checkbox>
      ) : null}
    </ReasonDialog>
  );
}

function noticeOf(action: Action, patientId: string, { decision, execution }: ActionAnswer) {
  const link = execution === null ? null : <PageLink to={`/executions/${execution}`}>Follow the execution</PageLink>;
  const of = `${ACTION_WORDS[action].verb}, ${patientId}`;
  switch (decision) {
    case 'STARTED':
      return { type: 'success', header: `${of}: an execution has started`, content: link } as const;
    case 'RUNNING':
      return { type: 'info', header: `${of}: an execution runs already and takes it up`, content: link } as const;
    case 'PAUSED':
      return {
        type: 'warning',
        header: `${of}: recorded, and not started`,
        content: 'All starts are paused. Do it again when the pause has ended, or leave it to the next sweep.',
      } as const;
    case 'ACKNOWLEDGED':
      return { type: 'success', header: `${of}: done`, content: 'Nothing is sent any more.' } as const;
  }
}
