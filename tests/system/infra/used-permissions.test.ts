import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../infra/tables/functions.ts';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import type { OutsideCall } from '../../support/harness/outside-call.ts';
import { callsOfStarters } from '../../support/infra/starters.ts';
import { PATHS as DISCARDING } from '../workflow/discarding-paths.ts';
import { prove } from '../workflow/every-call.ts';
import { PATHS as OTHER } from '../workflow/other-paths.ts';
import { PATHS as REGENERATING } from '../workflow/regenerating-paths.ts';

/** What each function was seen to need, by name: a step on every path of tests/system/workflow, the others in starters.ts. */
const used = new Map<string, Set<string>>();
/** Each call as it was made, by the function. */
const asked = new Set<string>();

/** The permission without which a call would be refused on AWS. */
function permissionOf({ service, label }: OutsideCall): string {
  if (label === 'DynamoDB Query due') return 'due-index';
  if (label === 'DynamoDB Query work') return 'work-index';
  if (label === 'DynamoDB Query DISCOVERY') return 'discoveries';
  if (label.startsWith('DynamoDB Query')) return 'case-partitions';
  if (service === '/dynamodb') return `records:${label.split(' ')[1]}`;
  if (service === '/stepfunctions') return stepFunctionsPermission(label);
  if (service === '/kms') return 'fingerprint';
  if (service === '/ses') return 'mail';
  return 'ehr';
}

/** Starting a machine and asking how it stands is one permission, reading what an execution did another. */
function stepFunctionsPermission(label: string): string {
  const [, operation = '', machine] = label.split(' ');
  const isRun = (operation === 'StartExecution' || operation === 'DescribeExecution') && !label.endsWith('with data');
  if (!isRun) return 'histories';
  return machine === 'sweep-expiring-pins' ? 'sweep' : 'executions';
}

beforeAll(async () => {
  const practice = await FailingPractice.open();
  afterAll(() => practice.platform.close());
  for (const [n, path] of [...REGENERATING, ...DISCARDING, ...OTHER].entries()) {
    note((await prove(practice, path, [], 1_000 * (n + 1), 1)).calls);
  }
  note(await callsOfStarters(practice));
}, 120_000);

function note(calls: readonly OutsideCall[]): void {
  for (const call of calls) {
    const permissions = used.get(call.step) ?? new Set<string>();
    used.set(call.step, permissions.add(permissionOf(call)));
    asked.add(`${call.step} ${call.label}`);
  }
}

/** Permissions needed but not observed; an observed one must not be listed here. */
const UNSEEN: Record<string, string[]> = {
  // The EHR does not know a patient with a record: the end is recorded.
  VerifyEmail: ['records:UpdateItem'],
  // A registered, opted-out or merged patient has no PIN that lapses.
  CheckExpiry: ['records:DeleteItem'],
  SendEnrollmentNotification: ['records:DeleteItem'],
  // The harness does not watch Secrets Manager: no webhook is verified without it.
  EhrWebhook: ['webhook-secret'],
  // Lambda reads the stream, in the function's name.
  PinLapsed: ['stream'],
  // And the queue.
  EmailFeedback: ['email-events'],
};

describe('what a function may do is what it does', () => {
  it.each(FUNCTIONS)('$name', ({ name, permissions }) => {
    const needed = [...(used.get(name) ?? []), ...(UNSEEN[name] ?? [])];
    expect(needed.toSorted()).toEqual(permissions.toSorted());
  });

  it.each(FUNCTIONS.filter(({ name, permissions }) => permissions.includes('executions') && name !== 'AdminApi'))(
    '$name starts executions, and asks how one stands',
    ({ name }) => {
      const operations = [...asked].filter((each) => each.startsWith(`${name} StepFunctions `));
      expect(operations.map((each) => each.split(' ')[2]).toSorted()).toEqual(['DescribeExecution', 'StartExecution']);
    },
  );

  it('AdminApi starts executions and sweeps, asks how they stand, and reads what they did', () => {
    const operations = [...asked].filter((each) => each.startsWith('AdminApi StepFunctions '));
    expect(operations.map((each) => each.slice('AdminApi StepFunctions '.length)).toSorted()).toEqual([
      'DescribeExecution',
      'DescribeExecution sweep-expiring-pins',
      'DescribeExecution with data',
      'DescribeStateMachine',
      'DescribeStateMachineForExecution',
      'GetExecutionHistory',
      'ListExecutions',
      'StartExecution',
      'StartExecution sweep-expiring-pins',
    ]);
  });
});
