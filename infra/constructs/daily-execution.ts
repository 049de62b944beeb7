import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.ts';

export interface DailyExecutionProps {
  scheduleName: string;
  groupName: string;
  description: string;
  /** Hour of the day in `timeZone`, on the clock there, summer time or not. */
  hour: number;
  timeZone: string;
  stateMachineArn: string;
  input: object;
  deadLetters: DeadLetters;
}

/** While Step Functions is down: the start is tried again for as long, and is then a dead letter. Hours late is early enough. */
const TRIED_FOR = Duration.hours(4);
/** More than fit into them: EventBridge Scheduler backs off exponentially. */
const RETRIES = 60;

/** Starts a state machine once a day, and may do nothing else. */
export class DailyExecution extends Construct {
  constructor(scope: Construct, id: string, props: DailyExecutionProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { stateMachineArn, deadLetters, scheduleName, groupName } = props;
    // A group of its own, since that is what the role can be bound to:
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    const group = new CfnScheduleGroup(this, 'Group', { name: groupName });
    const groupArn = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: groupName });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': groupArn } },
      }),
      description: `What the schedule ${scheduleName} may do`,
      inlinePolicies: {
        Schedule: new PolicyDocument({
          statements: [
            new PolicyStatement({ sid: 'Start', actions: ['states:StartExecution'], resources: [stateMachineArn] }),
            ...deadLetters.statements,
          ],
        }),
      },
    });
    const schedule = new CfnSchedule(this, 'Resource', {
      name: scheduleName,
      groupName,
      description: props.description,
      scheduleExpression: `cron(0 ${props.hour} * * ? *)`,
      scheduleExpressionTimezone: props.timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: stateMachineArn,
        roleArn: role.roleArn,
        input: JSON.stringify(props.input),
        retryPolicy: { maximumEventAgeInSeconds: TRIED_FOR.toSeconds(), maximumRetryAttempts: RETRIES },
        deadLetterConfig: { arn: deadLetters.queue.queueArn },
      },
    });
    schedule.addResourceDependency(group);
  }
}
