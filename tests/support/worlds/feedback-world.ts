/** The real records over the local table, an EHR that notes what it is told, executions in memory: what an event of SES works on. */
import { randomUUID } from 'node:crypto';
import { createDynamoDbPauseSwitch } from '../../../functions/adapters/dynamodb/dynamodb-pause-switch.ts';
import { createDynamoDbSweepRecords } from '../../../functions/adapters/dynamodb/dynamodb-sweep-records.ts';
import { type Account, type Message, newAccount } from '../../../functions/domain/case/account.ts';
import type { ExecutionStatus } from '../../../functions/domain/case/executions.ts';
import { executionName } from '../../../functions/domain/identity.ts';
import type { Ehr, FiledMessage } from '../../../functions/ports/ehr/ehr.ts';
import type { EmailEventPorts } from '../../../functions/usecases/email/take-email-event.ts';
import { tableUnderTest } from '../../contracts/table-under-test.ts';
import { tableRecords } from '../../support/worlds/table-records.ts';

/** As in the fixtures of SES's events. */
export const SENDER = 'portal@practice.example';
export const NOW = Date.parse('2026-06-15T12:20:00Z');
export const SENT_AT = '2026-06-15T12:00:02Z';

export interface FeedbackWorld {
  ports: EmailEventPorts;
  /** `BOUNCED <sesId> <receivedAt>`, as the chart was told. */
  told: string[];
  /** Metrics that were counted. */
  counted: string[];
  /** Names of started executions. */
  started: string[];
  /** How an execution that was started or noted stands. */
  set(execution: string, status: ExecutionStatus): void;
  /** A patient notified of the PIN `d1` by a mail that SES accepted; `more` overrides parts of the case. */
  patient(more?: Partial<Account>): Promise<{ patientId: string; mail: FiledMessage; address: string }>;
  account(patientId: string): Promise<Account>;
  close(): Promise<void>;
}

export const accepted = (sesId: string): Message => ({
  kind: 'NEW_PIN',
  state: 'ACCEPTED',
  document: 'd1',
  sesId,
  filed: true,
});

export async function feedbackWorld({ dailyLimit = 100 } = {}): Promise<FeedbackWorld> {
  const table = await tableUnderTest();
  const records = tableRecords({ ...table, newId: () => randomUUID() });
  const { cases } = records;
  const [told, counted, started]: [string[], string[], string[]] = [[], [], []];
  const executions = new Map<string, ExecutionStatus>();
  let patients = 0;
  const ehr: Partial<Ehr> = {
    noteFate: async ({ sesId }, fate, receivedAt) => void told.push(`${fate} ${sesId} ${receivedAt ?? '–'}`),
  };
  return {
    told,
    counted,
    started,
    set: (execution, status) => void executions.set(execution, status),
    ports: {
      ehr: ehr as Ehr,
      ...records,
      executions: {
        start: async (name) => {
          started.push(name);
          executions.set(name, 'RUNNING');
          return `arn:${name}`;
        },
        describe: async (name) => {
          const status = executions.get(name);
          return status === undefined ? null : { status, arn: `arn:${name}`, stoppedAt: NOW };
        },
      },
      pauseSwitch: createDynamoDbPauseSwitch(table),
      sweeps: createDynamoDbSweepRecords(table),
      fingerprint: { of: async (value) => `mac-${Buffer.from(value).toString('hex')}` },
      clock: { now: () => NOW },
      metrics: {
        ended: () => undefined,
        issued: () => undefined,
        pickupLocked: () => undefined,
        pickedUp: () => undefined,
        registered: () => undefined,
        emailFeedback: (what) => void counted.push(what),
      },
      practice: {
        practice: { sender: SENDER },
        timeZone: 'UTC',
        reminderDays: [20, 27],
        softBounceRetries: 2,
        sweep: { dailyLimit },
      },
    },
    async patient(more = {}) {
      const patientId = `p${++patients}`;
      const sesId = `0100019a-${patientId}-000000`;
      const execution = executionName(patientId, 1);
      const mail = { patientId, document: 'd1', sesId, sentAt: SENT_AT };
      await records.sentMessages.put(mail);
      await cases.save(null, {
        ...newAccount(patientId),
        document: 'd1',
        issuedAt: '2026-06-15T12:00:00Z',
        expiresAt: '2026-07-15T12:00:00Z',
        message: accepted(sesId),
        outcome: 'REGENERATED',
        attempt: 1,
        execution,
        endedBy: execution,
        nextCheckDay: '2026-07-05',
        ...more,
      });
      return { patientId, mail, address: `${patientId}.canary@mail.example` };
    },
    async account(patientId) {
      const account = await cases.read(patientId);
      if (account === null) throw new Error(`no record of ${patientId}`);
      return account;
    },
    close: table.close,
  };
}
