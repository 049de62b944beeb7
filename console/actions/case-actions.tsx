/** What a person may do about one case: a menu, and for what they choose a dialog that asks why. */
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { lazy, Suspense, useState } from 'react';
import { ACTIONS, type Action } from '../../functions/domain/case/work.ts';
import { useCanAct } from '../api/questions.ts';
import { ACTION_WORDS } from '../words.ts';
import type { ActionableCase } from './actionable-case.ts';

// Dialogs load on the first action, so a page opens sooner.
const CaseDialog = lazy(() => import('./case-dialog.tsx'));

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
      {chosen === null ? null : (
        <Suspense>
          <CaseDialog of={of} action={chosen} close={() => setChosen(null)} />
        </Suspense>
      )}
    </>
  );
}
