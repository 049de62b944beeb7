/** What a person may do about one case: a menu, and for what they choose a dialog that asks why. */
import Alert from '@cloudscape-design/components/alert';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Checkbox from '@cloudscape-design/components/checkbox';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ActionAnswer } from '../../functions/admin/contract/patients.ts';
import { ACTIONS, type Action } from '../../functions/domain/work.ts';
import { patientKey, useCanAct } from '../api/questions.ts';
import { useNotices } from '../shell/notices.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { EndingStatus } from '../shell/status.tsx';
import { ACTION_WORDS, REFUSAL_WORDS } from '../words.ts';
import { ReasonDialog } from './reason-dialog.tsx';
import { useSending } from './send.ts';

/** What of a case an action needs. */
export interface ActionableCase {
  patientId: string;
  version: string;
  actions: readonly Action[];
}

interface Props {
  of: ActionableCase;
  /** On a page of its own it stands out; in a table it does not. */
  variant?: 'primary' | 'normal' | 'inline-icon';
}

export function CaseActions({ of, variant = 'normal' }: Props) {
  const [chosen, setChosen] = useState<Action | null>(null);
  const canAct = useCanAct();
  if (!canAct) return null;
  const offered = ACTIONS.filter((action) => of.actions.includes(action));
  return (
    <>
      <ButtonDropdown
        variant={variant === 'inline-icon' ? 'inline-icon' : variant}
        ariaLabel={`Actions for ${of.patientId}`}
        expandToViewport
        disabled={offered.length === 0}
        items={offered.map((action) => ({ id: action, text: ACTION_WORDS[action].verb }))}
        onItemClick={({ detail }) => setChosen(ACTIONS.find((action) => action === detail.id) ?? null)}
      >
        {variant === 'inline-icon' ? undefined : 'Actions'}
      </ButtonDropdown>
      {chosen === null ? null : <CaseAction of={of} action={chosen} close={() => setChosen(null)} />}
    </>
  );
}

export function CaseAction({ of, action, close }: { of: ActionableCase; action: Action; close: () => void }) {
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
