import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { FUNCTIONS } from '../tables/functions.ts';
import { MACHINES } from '../tables/machines.ts';

/**
 * The log groups of the stateful stack, by their names. An export of each would be in use, and CloudFormation refuses
 * to take an export away that is: no function could be renamed or removed (https://github.com/aws/aws-cdk/discussions/38371).
 */
export class KeptLogs extends Construct {
  /** By the function's name. */
  readonly functions: ReadonlyMap<string, ILogGroup>;
  /** By the machine's name. */
  readonly machines: ReadonlyMap<string, ILogGroup>;
  readonly api: ILogGroup;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    const kept = (logId: string, name: string) => LogGroup.fromLogGroupName(this, logId, name);
    this.functions = new Map(FUNCTIONS.map(({ name }) => [name, kept(name, names.logsOf(name))]));
    this.machines = new Map(MACHINES.map(({ name }) => [name, kept(name, names.machineLogsOf(name))]));
    this.api = kept('Api', names.apiLogs);
  }
}
