import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AslDefinition } from '../../statemachines/asl.ts';
import { stateMachineArnOf } from '../arns.ts';
import { machineStatements } from './machine-statements.ts';

export interface AslStateMachineProps {
  stateMachineName: string;
  definition: AslDefinition;
  /** The function of each Task state, by the state's name. */
  functions: ReadonlyMap<string, IFunction>;
  logGroup: ILogGroup;
  /** Encrypts definition, history and what is logged on its way. */
  key: IKey;
}

/** A Standard state machine from an ASL definition; the token of each Task state's function is computed and never missing. */
export class AslStateMachine extends Construct {
  readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, props: AslStateMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.stateMachineArn = stateMachineArnOf(stack, props.stateMachineName);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnEquals: { 'aws:SourceArn': this.stateMachineArn },
        },
      }),
      description: `What ${props.stateMachineName} may do`,
      inlinePolicies: {
        Machine: new PolicyDocument({
          statements: machineStatements(stack, this.stateMachineArn, props),
        }),
      },
    });
    new CfnStateMachine(this, 'Resource', {
      stateMachineName: props.stateMachineName,
      stateMachineType: 'STANDARD',
      roleArn: role.roleArn,
      definitionString: JSON.stringify(props.definition),
      definitionSubstitutions: Object.fromEntries(
        [...props.functions].map(([state, { functionArn }]) => [`${state}FunctionArn`, functionArn]),
      ),
      // A data key for five minutes: one request to KMS for all executions that start within them.
      encryptionConfiguration: {
        type: 'CUSTOMER_MANAGED_KMS_KEY',
        kmsKeyId: props.key.keyArn,
        kmsDataKeyReusePeriodSeconds: 300,
      },
      tracingConfiguration: { enabled: true },
      loggingConfiguration: {
        // The functions log every step with its patient id; this log holds failures (docs/decisions/0030).
        level: 'ERROR',
        // What travels between states stays in the encrypted history.
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: props.logGroup.logGroupArn } }],
      },
    });
  }
}
