import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { onTestFinished, vi } from 'vitest';
import {
  createStepFunctions,
  type LambdaHandler,
  type StateMachineDefinition,
  type StepFunctions,
  type StepFunctionsOptions,
} from '../../../local/stepfunctions/step-functions.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT_ID = '123456789012';
export const MACHINE_ARN = `arn:aws:states:${REGION}:${ACCOUNT_ID}:stateMachine:procedure`;

/** A noon long past, so it cannot be the real clock. */
export const NOON = Date.UTC(2020, 0, 15, 12);

/** A workflow of the real one's shape: retries with full jitter, Catch, Choice, Pass, Fail. */
export function smallProcedure(): Record<string, unknown> & { States: Record<string, Record<string, unknown>> } {
  return JSON.parse(readFileSync(new URL('../fixtures/small-procedure.asl.json', import.meta.url), 'utf8'));
}

const ANSWERS: Record<string, object> = {
  VerifyEmail: { address: 'USABLE' },
  CheckExpiry: { due: 'REGENERATE', reason: null },
  RegeneratePin: { document: 'doc-1' },
  ClearRouting: { document: 'doc-1' },
  SignDocument: { document: 'doc-1' },
  SendEnrollmentNotification: { outcome: 'REGENERATED', reason: null },
  DiscardDraft: { next: 'FAIL' },
};

/** The procedure's functions, all of which go well; some replaced. */
export function functionsWith(replaced: Record<string, LambdaHandler> = {}): Record<string, LambdaHandler> {
  const well = Object.entries(ANSWERS).map(([name, answer]) => [name, async () => answer] as const);
  return { ...Object.fromEntries(well), ...replaced };
}

/** An error as the house's classes bear it: the name set by hand. */
export function named(name: string, message = 'it broke'): Error {
  return Object.assign(new Error(message), { name, stack: '' });
}

/** Fails `times` times by `name`, then answers. */
export function failing(times: number, name: string, answer: object = {}) {
  let calls = 0;
  return vi.fn(async () => {
    calls += 1;
    if (calls <= times) throw named(name);
    return answer;
  });
}

/** The procedure with some fields of a state, or of the machine, replaced. */
export function procedureWith(state: string | null, fields: object) {
  const definition = smallProcedure();
  Object.assign(state === null ? definition : (definition.States[state] ?? {}), fields);
  return definition;
}

export interface Served {
  readonly stepFunctions: StepFunctions;
  readonly client: SFNClient;
  readonly url: string;
  start(name: string, input?: unknown): Promise<string>;
  describe(executionArn: string): Promise<DescribeExecutionCommandOutput>;
  history(executionArn: string): Promise<HistoryEvent[]>;
  /** Starts, waits for the end, describes. */
  finish(name: string, input?: unknown): Promise<DescribeExecutionCommandOutput>;
}

/** The service on a free loopback port and an unmodified SDK client. */
export async function open(
  machine: Partial<StateMachineDefinition> = {},
  options: Partial<StepFunctionsOptions> = {},
): Promise<Served & { close(): Promise<void> }> {
  const stepFunctions = createStepFunctions({
    machines: [{ name: 'procedure', definition: smallProcedure(), functions: functionsWith(), ...machine }],
    now: () => NOON,
    region: REGION,
    accountId: ACCOUNT_ID,
    retryIntervalMs: 0,
    ...options,
  });
  const server = createServer((request, response) => stepFunctions.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new SFNClient({
    region: REGION,
    endpoint: url,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  async function start(name: string, input: unknown = { patientId: 'p-1' }): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name, input: JSON.stringify(input) });
    return (await client.send(command)).executionArn ?? '';
  }
  const describe = (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));
  return {
    stepFunctions,
    client,
    url,
    start,
    describe,
    async close() {
      await stepFunctions.close();
      client.destroy();
      server.close();
    },
    async history(executionArn) {
      const command = new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 });
      return (await client.send(command)).events ?? [];
    },
    async finish(name, input) {
      const arn = await start(name, input);
      await stepFunctions.settled();
      return describe(arn);
    },
  };
}

/** As `open`, closed when the test ends. */
export async function serve(...given: Parameters<typeof open>): Promise<Served> {
  const served = await open(...given);
  onTestFinished(() => served.close());
  return served;
}
