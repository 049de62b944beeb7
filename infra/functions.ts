/** The workflow's Task states and what each function may do: derived from the ports that its last line binds. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AslDefinition, eachState } from '../statemachines/asl.ts';
import type { Permission } from './permissions.ts';

export const ASL_FILE = fileURLToPath(new URL('../statemachines/regenerate-pin.asl.json', import.meta.url));

export interface TaskState {
  state: string;
  /** What it is for. */
  comment: string;
}

const definition: AslDefinition = JSON.parse(readFileSync(ASL_FILE, 'utf8'));

/** The Task states as they stand in the ASL: each has a function, a log group and a token of its name. */
export const TASK_STATES: readonly TaskState[] = [...eachState(definition)]
  .filter(({ state }) => state.Type === 'Task')
  .map(({ name, state }) => ({ state: name, comment: String(state.Comment) }));

/** All of them read the account and the chart. */
const READS: readonly Permission[] = ['records:GetItem', 'ehr'];
const WRITES: readonly Permission[] = [...READS, 'records:UpdateItem'];

export const STEP_PERMISSIONS: ReadonlyMap<string, readonly Permission[]> = new Map<string, readonly Permission[]>([
  ['VerifyEmail', [...WRITES, 'fingerprint']],
  ['CheckExpiry', [...WRITES, 'records:PutItem', 'records:DeleteItem', 'fingerprint']],
  ['RegeneratePin', [...WRITES, 'records:PutItem', 'fingerprint']],
  ['ClearRouting', READS],
  ['SignDocument', [...WRITES, 'records:PutItem', 'fingerprint']],
  ['SendEnrollmentNotification', [...WRITES, 'records:PutItem', 'records:DeleteItem', 'fingerprint', 'mail']],
  ['RequestEmail', WRITES],
  ['HoldForStaff', WRITES],
  ['DiscardDraft', [...WRITES, 'records:PutItem', 'records:DeleteItem', 'fingerprint']],
  ['NotifyStaff', WRITES],
]);
