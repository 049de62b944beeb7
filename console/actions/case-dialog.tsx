/** The dialog of an action: what it does, why it is done, and what the API says to it. */
import Alert from '@cloudscape-design/components/alert';
import Checkbox from '@cloudscape-design/components/checkbox';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ActionAnswer } from '../../functions/admin/contract/patients.ts';
import type { Action } from '../../functions/domain/case/work.ts';
import { patientKey } from '../api/questions.ts';
import { useNotices } from '../shell/notices.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { EndingStatus } from '../shell/status.tsx';
import { ACTION_WORDS, REFUSAL_WORDS } from '../words.ts';
import type { ActionableCase } from './actionable-case.ts';
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
      verb={now !== undefined && !isOver ? `${verb} anyway` : verb}
      effect={effect}
      draftKey={draftKey}
      isSending={isSending}
      isRepeating={isRepeating}
      error={error}
      isBlocked={isOver || isGone}
      problem={
        now === undefined ? undefined : (
          <Alert type="warning" header="The case has changed meanwhile">
            This try did nothing; an earlier one of yours may have. {REFUSAL_WORDS[error?.problem?.code ?? ''] ?? ''} It
            stands so now: <EndingStatus outcome={now.outcome} reason={now.reason} isAtWork={now.isAtWork} />{' '}
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
          description="Even if the old PIN is valid: it stops working when the new one is signed."
        >
          Force a new PIN
        </Checkbox>
      ) : null}
    </ReasonDialog>
  );
}

/** What a release or a resend changed in the case is found by the sweep; a wish for a new look or PIN changes nothing. */
const AFTER_PAUSE: Record<Action, string> = {
  regenerate: 'Do it again when the pause has ended: no sweep does it.',
  redrive: 'Do it again when the pause has ended: the next sweep looks at this patient only where they are due.',
  resend: 'The next sweep after the pause sends it.',
  release: 'The next sweep after the pause goes on with the case.',
  acknowledge: '',
};

function noticeOf(action: Action, patientId: string, { decision, execution }: ActionAnswer) {
  const link = execution === null ? null : <PageLink to={`/executions/${execution}`}>Follow the execution</PageLink>;
  const of = `${ACTION_WORDS[action].verb}, ${patientId}`;
  switch (decision) {
    case 'STARTED':
      return { type: 'success', header: `${of}: an execution has started`, content: link } as const;
    case 'RUNNING':
      return {
        type: 'info',
        header: `${of}: an execution runs already`,
        content: <>Nothing more was started. See how it ends, and do it again if that is not what you wanted. {link}</>,
      } as const;
    case 'PAUSED':
      return {
        type: 'warning',
        header: `${of}: recorded, and not started`,
        content: `All starts are paused. ${AFTER_PAUSE[action]}`,
      } as const;
    case 'ACKNOWLEDGED':
      return { type: 'success', header: `${of}: done`, content: 'Nothing is sent any more.' } as const;
  }
}
