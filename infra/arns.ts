/** ARNs of state machines and their executions, by name. */
import { ArnFormat, type Stack } from 'aws-cdk-lib';

/** The ARN of a state machine, known before the machine exists. */
export function stateMachineArnOf(stack: Stack, resourceName: string): string {
  return stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The pattern that all executions of a state machine match, future ones included. */
export function executionArnsOf(stack: Stack, stateMachineName: string): string {
  return stack.formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${stateMachineName}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
