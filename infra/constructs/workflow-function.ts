import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { HANDLER } from '../bundles.ts';

export interface WorkflowFunctionProps {
  functionName: string;
  description: string;
  /** Folder of the bundle. */
  code: string;
  environment: Record<string, string>;
  logGroup: ILogGroup;
  /** Beside writing its log and its traces. */
  statements: PolicyStatement[];
  /** MB. */
  memory: number;
  /** Seconds. */
  timeout: number;
}

/** A function and its role, which has an exact list of what it may do and no managed policy. */
export class WorkflowFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: WorkflowFunctionProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${props.functionName} may do`,
      inlinePolicies: {
        Function: new PolicyDocument({
          statements: [logStatement(props.logGroup), traceStatement(), ...props.statements],
        }),
      },
    });
    this.function = new LambdaFunction(this, 'Function', {
      functionName: props.functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.code),
      handler: HANDLER,
      environment: props.environment,
      // What CDK would add to the role by itself is in its list already.
      role: role.withoutPolicyUpdates(),
      timeout: Duration.seconds(props.timeout),
      memorySize: props.memory,
      tracing: Tracing.ACTIVE,
      logGroup: props.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // No START and REPORT lines: they would be two thirds of the log; traces and metrics tell as much.
      systemLogLevelV2: SystemLogLevel.WARN,
    });
  }
}

function logStatement(logGroup: ILogGroup): PolicyStatement {
  return new PolicyStatement({
    sid: 'Log',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    // The ARN ends in ":*" and so means the group's streams.
    resources: [logGroup.logGroupArn],
  });
}

/** X-Ray's actions know no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
export function traceStatement(): PolicyStatement {
  return new PolicyStatement({
    sid: 'Traces',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    resources: ['*'],
  });
}
