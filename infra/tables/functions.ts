/**
 * Every function of the app. Its name is its construct's id, its log group's and, for a Task state, the state's and the
 * token's; what it may do is derived from the ports that its last line binds. A further one is an entry here, and the
 * state, route, stream or rule that calls it.
 */
import { handlerOf } from '../../statemachines/asl.ts';
import { MACHINES } from './machines.ts';
import type { Permission } from './permissions.ts';

/** The caller determines where a failure shows and what harm throttling does. */
export type Caller = 'state machine' | 'API' | 'stream' | 'queue';

export interface FunctionEntry {
  name: string;
  /** The handler's file, relative to the repository. */
  source: string;
  description: string;
  caller: Caller;
  permissions: readonly Permission[];
  /** MB; a CPU comes with 1,769 of them. */
  memory: number;
  /** Seconds. */
  timeout: number;
}

/** Read the account and the chart. */
const READS: readonly Permission[] = ['records:GetItem', 'ehr'];
const WRITES: readonly Permission[] = [...READS, 'records:UpdateItem'];
/** Start an execution where none runs: usecases/start.ts. */
const STARTS: readonly Permission[] = ['records:GetItem', 'records:UpdateItem', 'executions'];

export const FUNCTIONS: readonly FunctionEntry[] = [
  step('VerifyEmail', [...WRITES, 'fingerprint']),
  step('CheckExpiry', [...WRITES, 'records:PutItem', 'records:DeleteItem', 'fingerprint']),
  step('RegeneratePin', [...WRITES, 'records:PutItem', 'fingerprint']),
  step('ClearRouting', READS),
  step('SignDocument', [...WRITES, 'records:PutItem', 'fingerprint']),
  step('SendEnrollmentNotification', [...WRITES, 'records:PutItem', 'records:DeleteItem', 'fingerprint', 'mail']),
  step('RequestEmail', WRITES),
  step('HoldForStaff', WRITES),
  step('DiscardDraft', [...WRITES, 'records:PutItem', 'records:DeleteItem', 'fingerprint']),
  step('NotifyStaff', WRITES),
  {
    ...step('SweepMinute', [...STARTS, 'records:PutItem', 'due-index']),
    // Its own calls end after 80 s (functions/steps/sweep-minute.ts), its state after 120.
    timeout: 90,
  },
  {
    ...step('DiscoverPage', [...WRITES, 'records:PutItem', 'discoveries', 'fingerprint']),
    // Its own calls end after 14 minutes (functions/steps/discover-page.ts), its state after 15 and a half.
    timeout: 900,
  },
  {
    name: 'EhrWebhook',
    source: 'functions/triggers/ehr-webhook.ts',
    description: 'Takes the webhooks that the EHR signs, POST /webhooks/ehr, and starts what they make due.',
    caller: 'API',
    permissions: [...STARTS, 'records:PutItem', 'records:DeleteItem', 'fingerprint', 'ehr', 'webhook-secret'],
    // Senders are promised an answer within 2 s: more than half a CPU for the signatures and TLS of a cold start.
    memory: 1024,
    // It answers after 1.8 s at the latest (functions/triggers/ehr-webhook.ts).
    timeout: 3,
  },
  {
    name: 'PickupPage',
    source: 'functions/pickup/pickup-page.ts',
    description: 'P14. Shows the PIN to its patient, and nothing to anyone else: GET and POST /pickup/{token}.',
    caller: 'API',
    permissions: [...STARTS, 'records:PutItem', 'fingerprint', 'ehr'],
    // A person waits, on a cold start as well: half a CPU.
    memory: 1024,
    // It answers after 8 s at the latest (functions/pickup/pickup-page.ts).
    timeout: 9,
  },
  {
    name: 'AdminApi',
    source: 'functions/admin/admin-api.ts',
    description: 'What the practice’s staff see and do in the console, /api/….',
    caller: 'API',
    permissions: [
      ...STARTS,
      'records:PutItem',
      'records:DeleteItem',
      'case-partitions',
      'due-index',
      'work-index',
      'sweep',
      'histories',
      'ehr',
    ],
    // A page of a hundred cases is a hundred reads at once.
    memory: 512,
    // It answers after 8 s at the latest (functions/admin/admin-api.ts).
    timeout: 9,
  },
  {
    name: 'PinLapsed',
    source: 'functions/triggers/pin-lapsed.ts',
    description: 'P2, P8. Starts an execution for each PIN that the table’s TTL removed.',
    caller: 'stream',
    permissions: [...STARTS, 'stream'],
    memory: 256,
    // A batch's records share 50 s (functions/triggers/pin-lapsed.ts).
    timeout: 60,
  },
  {
    name: 'EmailFeedback',
    source: 'functions/triggers/email-feedback.ts',
    description: 'P12–P14. Takes what SES tells of our mails, and starts an execution where a patient was not reached.',
    caller: 'queue',
    permissions: [...STARTS, 'fingerprint', 'ehr', 'email-events'],
    memory: 256,
    // A batch's events share 25 s (functions/triggers/email-feedback.ts).
    timeout: 30,
  },
];

/** The function of a Task state, which bears its name; what it is for stands in the state's Comment. */
function step(name: string, permissions: readonly Permission[]): FunctionEntry {
  const task = MACHINES.flatMap(({ tasks }) => tasks).find(({ state }) => state === name);
  if (task === undefined) throw new Error(`${name} is no Task state of statemachines/*.asl.yaml`);
  return {
    name,
    source: `functions/steps/${handlerOf(name)}.ts`,
    description: task.comment,
    caller: 'state machine',
    permissions,
    // It waits for the EHR most of the time and uses about 130 MB; less memory would also mean less of a CPU to start with.
    memory: 256,
    // Its own calls end after 15 s (functions/runtime/step-handler.ts), its state after 60.
    timeout: 20,
  };
}
