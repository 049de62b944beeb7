/** The real records over the local table, a chart and executions in memory: what the webhook's use cases work on. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createDynamoDbPauseSwitch } from '../../../functions/adapters/dynamodb/dynamodb-pause-switch.ts';
import { createDynamoDbWebhookRecords } from '../../../functions/adapters/dynamodb/dynamodb-webhook-records.ts';
import { type Account, newAccount } from '../../../functions/domain/case/account.ts';
import type { ExecutionStatus } from '../../../functions/domain/case/executions.ts';
import type { PinDocument } from '../../../functions/domain/chart/chart.ts';
import { PatientNotFoundError } from '../../../functions/domain/errors.ts';
import type { ExecutionInput } from '../../../functions/ports/case/executions.ts';
import type { Ehr } from '../../../functions/ports/ehr/ehr.ts';
import type { Fingerprint } from '../../../functions/ports/ehr/fingerprint.ts';
import type { Metrics } from '../../../functions/ports/metrics.ts';
import type { TakePorts } from '../../../functions/usecases/webhook/take-webhook.ts';
import { tableUnderTest } from '../../contracts/table-under-test.ts';
import { tableRecords } from '../../support/worlds/table-records.ts';

export const NOW = Date.parse('2026-06-15T12:00:00Z');
export const TODAY = '2026-06-15';

export interface Started {
  name: string;
  input: ExecutionInput;
}

export interface WebhookWorld {
  ports: TakePorts;
  /** What was started for the patient, oldest first. */
  started(patientId: string): Started[];
  /** Where each counted registration was. */
  registrations: (string | null)[];
  /** How an execution ends, with what it leaves on the record. */
  end(name: string, status: ExecutionStatus): void;
  /** A patient of the chart, with a record where one is given, and a signed PIN document of that instant. */
  patient(record: Partial<Account> | null, signedAt?: string): Promise<string>;
  close(): Promise<void>;
}

export async function webhookWorld(webhooksPerMinute = 600): Promise<WebhookWorld> {
  const table = await tableUnderTest();
  const chart = new Map<string, PinDocument[]>();
  const executions = new Map<string, ExecutionStatus>();
  const all: Started[] = [];
  const registrations: (string | null)[] = [];
  let admitted = 0;
  const records = tableRecords({ ...table, newId: () => randomUUID() });
  const { cases } = records;
  const ehr: Partial<Ehr> = {
    readPatient: async (id) => {
      if (!chart.has(id)) throw new PatientNotFoundError('HTTP_404');
      return {
        id,
        replaced: false,
        deceased: false,
        active: true,
        portalStatus: null,
        emails: [],
        language: null,
        unclear: false,
      };
    },
    readPinDocuments: async (id) => chart.get(id) ?? [],
    countOurSigned: async () => 0,
    readPin: async () => null,
  };
  const metrics: Metrics = {
    ended: () => undefined,
    issued: () => undefined,
    pickupLocked: () => undefined,
    pickedUp: () => undefined,
    registered: (location) => void registrations.push(location),
    emailFeedback: () => undefined,
  };
  const fingerprint: Fingerprint = { of: async (value) => `mac-${value}` };
  return {
    ports: {
      webhooks: createDynamoDbWebhookRecords(table),
      ...records,
      ehr: ehr as Ehr,
      fingerprint,
      pauseSwitch: createDynamoDbPauseSwitch(table),
      executions: {
        start: async (name, input) => {
          if (!executions.has(name)) all.push({ name, input });
          executions.set(name, executions.get(name) ?? 'RUNNING');
          return `arn:${name}`;
        },
        describe: async (name) => {
          const status = executions.get(name);
          return status === undefined ? null : { status, arn: `arn:${name}`, stoppedAt: NOW };
        },
      },
      clock: { now: () => NOW },
      random: { randomInt: () => 0, newId: () => randomUUID(), bytes: (count) => randomBytes(count) },
      metrics,
      practice: { timeZone: 'America/New_York', reminderDays: [20, 27], webhooksPerMinute },
    },
    started: (patientId) => all.filter(({ input }) => input.patientId === patientId),
    registrations,
    end: (name, status) => void executions.set(name, status),
    async patient(record, signedAt) {
      const id = `p${++admitted}`;
      const signed = {
        id: `d-${id}`,
        signed: true,
        date: signedAt ?? null,
        cycleIdentifier: null,
        encounter: null,
        location: null,
      };
      chart.set(id, signedAt === undefined ? [] : [signed]);
      if (record !== null) await cases.save(null, { ...newAccount(id), ...record });
      return id;
    },
    close: table.close,
  };
}
