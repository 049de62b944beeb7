import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ServiceError } from '../http/aws-json.ts';
import { roleArn } from './arns.ts';
import type { Machine } from './definition.ts';
import type { Execution } from './execution.ts';
import type { Executions } from './executions.ts';
import { toHistoryEvent } from './history.ts';
import { page } from './page.ts';

type Operation = (request: unknown) => object | Promise<object>;

const MAX_INPUT_BYTES = 256 * 1024; // AWS's quota for an execution's input

const paging = { maxResults: z.int().min(0).max(1000).optional(), nextToken: z.string().optional() };
const ofExecution = z.object({ executionArn: z.string() });
const ofMachine = z.object({ stateMachineArn: z.string() });
const startRequest = z.object({
  stateMachineArn: z.string(),
  name: z.string().optional(),
  input: z.string().optional(),
});
const describeRequest = z.object({
  executionArn: z.string(),
  includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']).optional(),
});
const listRequest = z.object({
  ...paging,
  stateMachineArn: z.string().optional(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']).optional(),
});
const historyRequest = z.object({
  ...paging,
  executionArn: z.string(),
  reverseOrder: z.boolean().optional(),
  includeExecutionData: z.boolean().optional(),
});
const stopRequest = z.object({
  executionArn: z.string(),
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});

/** The request in its shape, or ValidationException as AWS answers it. */
function read<T extends z.ZodType>(schema: T, request: unknown): z.output<T> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const found = parsed.error.issues.map(({ path, message }) => `'${path.join('.')}': ${message}`);
  throw new ServiceError('ValidationException', `${found.length} validation error(s) detected: ${found.join('; ')}`);
}

/** AWS: 1 to 80 characters, no white space, brackets, wildcards, control or special characters. */
function checkName(name: string): string {
  // biome's noControlCharactersInRegex: \p{C} holds the control characters
  if (name.length < 1 || name.length > 80 || /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{C}]/u.test(name)) {
    throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
  }
  return name;
}

function checkInput(input: string): string {
  if (Buffer.byteLength(input) > MAX_INPUT_BYTES) {
    throw new ServiceError('ValidationException', `'input' must have length less than or equal to ${MAX_INPUT_BYTES}`);
  }
  try {
    JSON.parse(input);
  } catch {
    throw new ServiceError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not valid JSON');
  }
  return input;
}

const seconds = (milliseconds: number): number => milliseconds / 1000;

/** The operations that are served, by their name in x-amz-target. */
export function operationsOn(
  machines: readonly Machine[],
  executions: Executions,
  createdAt: number,
): Record<string, Operation> {
  const role = roleArn(executions.account);
  const untraced = {
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
  };

  function machine(arn: string): Machine {
    if (!/^arn:[^:]+:states:[^:]*:\d*:stateMachine:[^:]+$/.test(arn)) {
      throw new ServiceError('InvalidArn', `Invalid Arn: '${arn}'`);
    }
    const found = machines.find((candidate) => candidate.arn === arn);
    if (found === undefined)
      throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return found;
  }

  function execution(arn: string): Execution {
    if (!/^arn:[^:]+:states:[^:]*:\d*:execution:[^:]+:[^:]+$/.test(arn)) {
      throw new ServiceError('InvalidArn', `Invalid Arn: '${arn}'`);
    }
    const found = executions.get(arn);
    if (found === undefined) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return found;
  }

  const machineOf = ({ machineName }: Execution): Machine | undefined =>
    machines.find(({ name }) => name === machineName);

  const listed = (found: Execution) => ({
    executionArn: found.arn,
    stateMachineArn: machineOf(found)?.arn,
    name: found.name,
    status: found.status,
    startDate: seconds(found.startedAt),
    ...(found.stoppedAt === null ? {} : { stopDate: seconds(found.stoppedAt) }),
    redriveCount: 0,
  });

  return {
    async StartExecution(request) {
      const { stateMachineArn, name, input } = read(startRequest, request);
      const target = machine(stateMachineArn);
      const started = await executions.start(target, checkName(name ?? randomUUID()), checkInput(input ?? '{}'));
      return { executionArn: started.arn, startDate: seconds(started.startedAt) };
    },

    DescribeExecution(request) {
      const { executionArn, includedData = 'ALL_DATA' } = read(describeRequest, request);
      const found = execution(executionArn);
      const { input, output, error, cause } = found;
      // Without what a machine's own key encrypts.
      if (includedData === 'METADATA_ONLY') return { ...listed(found), inputDetails: { included: false } };
      return {
        ...listed(found),
        input,
        inputDetails: { included: true },
        ...(output === null ? {} : { output, outputDetails: { included: true } }),
        ...(error === null ? {} : { error }),
        ...(cause === null ? {} : { cause }),
        redriveStatus: 'NOT_REDRIVABLE',
        redriveStatusReason: 'not used: start a fresh execution',
      };
    },

    ListExecutions(request) {
      const { stateMachineArn, statusFilter, ...asked } = read(listRequest, request);
      if (stateMachineArn === undefined) {
        throw new ServiceError('ValidationException', "'stateMachineArn' is required: Map Runs are not served here");
      }
      const { name } = machine(stateMachineArn);
      const matching = executions
        .list()
        .filter((found) => found.machineName === name && (statusFilter === undefined || found.status === statusFilter));
      // a page goes on below the last start it showed: what is started meanwhile does not shift it
      const { items, nextToken } = page(matching, asked, ({ seq }) => -seq);
      return { executions: items.map(listed), nextToken };
    },

    GetExecutionHistory(request) {
      const { executionArn, reverseOrder, includeExecutionData = true, ...asked } = read(historyRequest, request);
      const shown = { roleArn: role, region: executions.account.region, includeExecutionData };
      const indexed = execution(executionArn)
        .history.entries()
        .map((entry, index) => ({ entry, index }));
      const ordered = reverseOrder ? indexed.toReversed() : indexed;
      const { items, nextToken } = page(ordered, asked, ({ index }) => (reverseOrder ? -index : index));
      return { events: items.map(({ entry, index }) => toHistoryEvent(entry, index, shown)), nextToken };
    },

    async StopExecution(request) {
      const { executionArn, ...ended } = read(stopRequest, request);
      const found = execution(executionArn);
      await executions.stop(found.arn, { error: ended.error ?? null, cause: ended.cause ?? null });
      return { stopDate: seconds(found.stoppedAt ?? found.startedAt) };
    },

    RedriveExecution(request) {
      execution(read(ofExecution, request).executionArn);
      throw new ServiceError('ValidationException', 'RedriveExecution is not used: start a fresh execution');
    },

    ListStateMachines(request) {
      const { items, nextToken } = page(
        machines.map(({ arn, name }, index) => ({ arn, name, index })),
        read(z.object(paging), request),
        ({ index }) => index,
      );
      return {
        stateMachines: items.map(({ arn, name }) => ({
          stateMachineArn: arn,
          name,
          type: 'STANDARD',
          creationDate: seconds(createdAt),
        })),
        nextToken,
      };
    },

    DescribeStateMachine(request) {
      const { arn, name, definition } = machine(read(ofMachine, request).stateMachineArn);
      return {
        stateMachineArn: arn,
        name,
        status: 'ACTIVE',
        definition,
        roleArn: role,
        type: 'STANDARD',
        creationDate: seconds(createdAt),
        ...untraced,
      };
    },

    DescribeStateMachineForExecution(request) {
      const { machineName } = execution(read(ofExecution, request).executionArn);
      const found = machines.find(({ name }) => name === machineName);
      if (found === undefined)
        throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: ${machineName}`);
      const { arn, name, definition } = found;
      return { stateMachineArn: arn, name, definition, roleArn: role, updateDate: seconds(createdAt), ...untraced };
    },

    ListTagsForResource(request) {
      machine(read(z.object({ resourceArn: z.string() }), request).resourceArn);
      return { tags: [] };
    },
  };
}
