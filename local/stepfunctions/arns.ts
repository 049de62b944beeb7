/** Where the local service pretends to be. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
}

export const lambdaArn = ({ region, accountId }: Account, name: string): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${name}`;

export const stateMachineArn = ({ region, accountId }: Account, name: string): string =>
  `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;

export const executionArn = ({ region, accountId }: Account, machine: string, name: string): string =>
  `arn:aws:states:${region}:${accountId}:execution:${machine}:${name}`;

/** A placeholder role: AWS's answers carry one. */
export const roleArn = ({ accountId }: Account): string => `arn:aws:iam::${accountId}:role/local-state-machine`;
