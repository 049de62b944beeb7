/** Outcomes and statuses with the sign and the color that they have everywhere in the console. */
import Box from '@cloudscape-design/components/box';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { PatientRow } from '../../functions/admin/contract/patients.ts';
import { relativeTo } from '../time.ts';
import { outcomeWords, reasonWords } from '../words.ts';
import { usePracticeTime } from './practice-time.tsx';

const TYPES: Record<string, StatusIndicatorProps.Type> = {
  RUNNING: 'in-progress',
  SUCCEEDED: 'success',
  FAILED: 'error',
  TIMED_OUT: 'error',
  ABORTED: 'stopped',
  REGENERATED: 'success',
  NOT_NEEDED: 'not-started',
  EMAIL_MISSING: 'warning',
  HELD: 'warning',
};

export function Status({ of, children }: { of: string; children?: ReactNode }) {
  return <StatusIndicator type={TYPES[of] ?? 'info'}>{children ?? outcomeWords(of)}</StatusIndicator>;
}

interface Ending {
  outcome: string | null;
  reason: string | null;
  isAtWork?: boolean;
}

/** The last result of a case, or that it is in progress. */
export function EndingStatus({ outcome, reason, isAtWork = false }: Ending) {
  if (isAtWork) return <Status of="RUNNING">An execution is at work</Status>;
  if (outcome === null) return <StatusIndicator type="pending">Not looked at yet</StatusIndicator>;
  return (
    <>
      <Status of={outcome} />
      {reason === null ? null : (
        <Box variant="span" color="text-body-secondary">
          {' '}
          {reasonWords(reason)}
        </Box>
      )}
    </>
  );
}

export function PinStatus({ pin }: { pin: PatientRow['pin'] }) {
  const { now } = usePracticeTime();
  if (pin.state === 'NONE' || pin.expiresAt === null)
    return <StatusIndicator type="not-started">No PIN</StatusIndicator>;
  if (pin.state === 'ALIVE') {
    return <StatusIndicator type="success">Valid, expires {relativeTo(now, pin.expiresAt)}</StatusIndicator>;
  }
  return <StatusIndicator type="error">Expired {relativeTo(now, pin.expiresAt)}</StatusIndicator>;
}
