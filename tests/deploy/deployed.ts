/** What was deployed, as an operator sees it: through the AWS APIs alone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient, VerifyDomainIdentityCommand } from '@aws-sdk/client-ses';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { clock } from '../../functions/runtime/clock.ts';
import type { Policy } from '../../functions/runtime/policy.ts';
import { executions } from '../../functions/runtime/providers/executions.ts';
import { caseRecords, pauseSwitch, staffRequests } from '../../functions/runtime/providers/records.ts';
import { type StartAnswer, start } from '../../functions/usecases/case/start.ts';
import type { BusEvent } from '../../local/ses/ses-events.ts';
import type { Outputs } from './cdk.ts';

const POLL_MS = 100;
const ENDPOINT = process.env.AWS_ENDPOINT_URL;

export interface Ended {
  execution: DescribeExecutionCommandOutput;
  history: HistoryEvent[];
  /** The states in the order they were entered. */
  path: string[];
}

export interface Mail {
  To: string[];
  Source: string;
  Subject: string;
  BodyText: string;
  BodyHtml: string | null;
}

/** An output of the deployed stacks. */
function outputOf(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`no output ${name}`);
  return value;
}

export function connect(outputs: Outputs, policy: Policy) {
  const sfn = new SFNClient({});
  const ses = new SESClient({});
  const secretsManager = new SecretsManagerClient({});
  const dynamoDb = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const config = {
    table: outputOf(outputs, 'TableName'),
    stateMachineArn: outputOf(outputs, 'RegeneratePinStateMachineArn'),
  };
  const call = { signal: new AbortController().signal, config };
  const ports = {
    cases: caseRecords(call),
    staffRequests: staffRequests(call),
    executions: executions(call),
    pauseSwitch: pauseSwitch(call),
    clock: clock(),
    practice: policy,
  };

  /** As a machine's trigger starts an execution. */
  function trigger(patientId: string): Promise<StartAnswer> {
    return start(ports, { patientId, trigger: 'machine', force: null, awaitedFactChanged: false });
  }

  async function ended(executionArn: string): Promise<Ended> {
    let execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    for (; execution.status === 'RUNNING'; await sleep(POLL_MS)) {
      execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    }
    const { events: history = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return { execution, history, path: history.flatMap((event) => event.stateEnteredEventDetails?.name ?? []) };
  }

  return {
    /** What is not deployed, but done once by an operator: both secrets, and that the practice may send from its domain. */
    async prepare(jwks: string, webhookSecret: string): Promise<void> {
      const [, domain] = policy.practice.sender.split('@');
      await ses.send(new VerifyDomainIdentityCommand({ Domain: domain }));
      const put = (SecretId: string | undefined, SecretString: string) =>
        secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString }));
      await put(outputs.EhrKeySecretArn, jwks);
      await put(outputs.EhrWebhookSecretArn, JSON.stringify({ secrets: [webhookSecret] }));
    },
    trigger,
    /** Waits for the end. */
    ended,
    /** Starts an execution for the patient; its ARN. */
    async start(patientId: string): Promise<string> {
      const answer = await trigger(patientId);
      if (answer.decision !== 'STARTED') throw new Error(`${patientId} was not started: ${answer.decision}`);
      return answer.arn;
    },
    async items(): Promise<Record<string, unknown>[]> {
      const { Items = [] } = await dynamoDb.send(
        new ScanCommand({ TableName: outputs.TableName, ConsistentRead: true }),
      );
      return Items;
    },
    /** What SES accepted, oldest first. */
    async mails(): Promise<Mail[]> {
      const answer = await fetch(`${ENDPOINT}/_ministack/ses/messages`);
      const { messages } = (await answer.json()) as { messages: Record<string, Mail[]> };
      return Object.values(messages).flat();
    },
    /** Every line that the functions and the state machine wrote. */
    async logLines(): Promise<string[]> {
      const { logGroups } = await json<{ logGroups: { logGroupName: string }[] }>(
        'Logs_20140328.DescribeLogGroups',
        {},
      );
      const groups = await Promise.all(
        logGroups.map(({ logGroupName }) =>
          json<{ events: { message: string }[] }>('Logs_20140328.FilterLogEvents', { logGroupName }),
        ),
      );
      return groups.flatMap(({ events }) => events.map(({ message }) => message));
    },
    /** The schedule as EventBridge Scheduler has it. */
    async schedule(name: string): Promise<Record<string, unknown>> {
      return rest(`/schedules/${name}?groupName=portal-pin`, 'scheduler');
    },
    /** What streams and queues bring to functions. */
    async eventSourceMappings(): Promise<Record<string, unknown>[]> {
      const { EventSourceMappings } = await rest<{ EventSourceMappings: Record<string, unknown>[] }>(
        '/2015-03-31/event-source-mappings/',
        'lambda',
      );
      return EventSourceMappings;
    },
    /** Puts an SES event into the queues of all matching rules and returns how many there are. A bus accepts aws.ses events from SES alone. */
    async tell(event: BusEvent): Promise<number> {
      const { Rules } = await json<{ Rules: { Name: string; EventPattern: string }[] }>('AWSEvents.ListRules', {});
      const queues = await Promise.all(
        Rules.map(async ({ Name, EventPattern }) => {
          const test = { EventPattern, Event: JSON.stringify(event) };
          const { Result } = await json<{ Result: boolean }>('AWSEvents.TestEventPattern', test);
          if (!Result) return [];
          const { Targets } = await json<{ Targets: { Arn: string }[] }>('AWSEvents.ListTargetsByRule', { Rule: Name });
          return Targets.map(({ Arn }) => Arn.slice(Arn.lastIndexOf(':') + 1));
        }),
      );
      for (const QueueName of queues.flat()) {
        const { QueueUrl } = await json<{ QueueUrl: string }>('AmazonSQS.GetQueueUrl', { QueueName });
        await json('AmazonSQS.SendMessage', { QueueUrl, MessageBody: JSON.stringify(event) });
      }
      return queues.flat().length;
    },
    /** Calls a function as Lambda calls it for an event. */
    async invoke(functionName: string, event: object): Promise<unknown> {
      return rest(`/2015-03-31/functions/${functionName}/invocations`, 'lambda', JSON.stringify(event));
    },
    /** The switch that keeps a stack from being deleted. */
    async unprotect(stack: string): Promise<void> {
      const request = { Action: 'UpdateTerminationProtection', Version: '2010-05-15', StackName: stack };
      const body = new URLSearchParams({ ...request, EnableTerminationProtection: 'false' });
      const answer = await fetch(`${ENDPOINT}/`, { method: 'POST', body });
      if (!answer.ok) throw new Error(`UpdateTerminationProtection: ${answer.status} ${await answer.text()}`);
    },
    close() {
      secretsManager.destroy();
      ses.destroy();
      sfn.destroy();
      dynamoDb.destroy();
    },
  };
}

/** One call to a service that no other test needs a client for. MiniStack finds the service by the signature's scope. */
async function rest<T>(path: string, service: string, body?: string): Promise<T> {
  const scope = `Credential=any/20260101/${process.env.AWS_REGION}/${service}/aws4_request`;
  const answer = await fetch(`${ENDPOINT}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=any` },
    ...(body !== undefined && { body }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** One call to a service found by its target header; no other test needs a client for it. */
async function json<T>(target: string, request: object): Promise<T> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const answer = await fetch(`${ENDPOINT}/`, { method: 'POST', headers, body: JSON.stringify(request) });
  if (!answer.ok) throw new Error(`${target}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
