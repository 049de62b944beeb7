/** Every finding of cdk-nag that stands, and why. A finding that is not in this list fails the synth. */
import { type Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { TASK_STATES } from './steps.ts';

export interface Acknowledgement {
  rule: string;
  /** Path of each construct from its stack on. */
  constructs: readonly string[];
  reason: string;
}

const FUNCTIONS = TASK_STATES.map(({ state }) => `stateless/${state}/Function`);
const ROLES = [...TASK_STATES.map(({ state }) => `stateless/${state}/Role`), 'stateless/StateMachine/Role'];

export const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    constructs: ROLES,
    reason:
      'X-Ray’s write actions, and Step Functions’ actions to set up its log delivery, know no resource in IAM. Nothing else stands on *: a test holds the list of these actions.',
  },
  {
    rule: 'HIPAA.Security-IAMNoInlinePolicy',
    constructs: ROLES,
    reason:
      'Each policy fits exactly one function and is made and deleted with its role; as a managed policy it could be attached to another, and would outlive it.',
  },
  {
    rule: 'HIPAA.Security-LambdaConcurrency',
    constructs: FUNCTIONS,
    reason:
      'Ten reserved shares would have to be cut from the account’s quota, which is 10 in a new account, and would throttle a step while another’s share lies idle. What starts executions sets the pace (policy: sweep.startsPerMinute), and throttled functions have an alarm.',
  },
  {
    rule: 'HIPAA.Security-LambdaDLQ',
    constructs: FUNCTIONS,
    reason:
      'Dead letters are for asynchronous calls. These functions are called by the state machine alone, synchronously; it gets the error, retries it, and each failed execution is told to the alarm topic.',
  },
  {
    rule: 'HIPAA.Security-LambdaInsideVPC',
    constructs: FUNCTIONS,
    reason:
      'Nothing they talk to is in a VPC: AWS APIs and the EHR’s public endpoint, all over TLS, all by signed requests. A VPC would add NAT gateways as the way out and protect nothing; an EHR behind a private link would change this.',
  },
  {
    rule: 'HIPAA.Security-DynamoDBInBackupPlan',
    constructs: ['stateful/Records'],
    reason:
      'Continuous backups for 35 days, deletion protection and RETAIN. The chart is the record: every PIN that is older than that has expired, and a lost table is built up again from the charts.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    constructs: ['stateful/EhrKey', 'stateful/EhrWebhooks'],
    reason:
      'A new key counts only when its public half is registered with the EHR, which no rotation function can do. It is changed by hand, two keys overlapping by kid (docs/runbook.md, “Changing the EHR key”).',
  },
  {
    rule: 'HIPAA.Security-SecretsManagerRotationEnabled',
    constructs: ['stateful/EhrKey', 'stateful/EhrWebhooks'],
    reason: 'As AwsSolutions-SMG4: the EHR must know a new key or secret before it is used.',
  },
];

/** Puts every acknowledgement on its constructs; one that names no construct stops the synth. */
export function acknowledge(stacks: { stateful: Stack; stateless: Stack }): void {
  for (const { rule, constructs, reason } of ACKNOWLEDGEMENTS) {
    for (const path of constructs) {
      const [stack, ...ids] = path.split('/');
      const root: IConstruct = stack === 'stateful' ? stacks.stateful : stacks.stateless;
      const construct = ids.reduce((scope, id) => scope.node.findChild(id), root);
      Validations.of(construct).acknowledge({ id: rule, reason });
    }
  }
}
