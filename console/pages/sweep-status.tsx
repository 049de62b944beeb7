import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Sweep } from '../../functions/admin/contract/sweeps.ts';
import { STOP_WORDS } from '../words.ts';

/** Whether a sweep checked all patients, or what stopped it. */
export function SweepStatus({ of: { status, stoppedBy } }: { of: Sweep }) {
  if (status === 'RUNNING') return <StatusIndicator type="in-progress">Running</StatusIndicator>;
  if (status === 'STOPPED') return <StatusIndicator type="stopped">Stopped manually</StatusIndicator>;
  if (stoppedBy !== null) return <StatusIndicator type="warning">{STOP_WORDS[stoppedBy] ?? stoppedBy}</StatusIndicator>;
  return <StatusIndicator type="success">Completed</StatusIndicator>;
}
