/** The real records over the local table, a chart and executions in memory: what the pick-up page's use cases work on. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createDynamoDbPauseSwitch } from '../../../functions/adapters/dynamodb/dynamodb-pause-switch.ts';
import { createDynamoDbPickupRecords } from '../../../functions/adapters/dynamodb/dynamodb-pickup-records.ts';
import { type Account, newAccount } from '../../../functions/domain/case/account.ts';
import type { ExecutionStatus } from '../../../functions/domain/case/executions.ts';
import { PatientNotFoundError } from '../../../functions/domain/errors.ts';
import type { PickupFacts } from '../../../functions/domain/pickup/pickup.ts';
import type { ExecutionInput } from '../../../functions/ports/case/executions.ts';
import type { PickupAudit, PickupChart, StaffTaskOrder } from '../../../functions/ports/ehr/ehr.ts';
import { type LinkPorts, makePickupLink } from '../../../functions/usecases/email/pickup-link.ts';
import type { AskPorts } from '../../../functions/usecases/pickup/new-pin-request.ts';
import type { PickUpPorts } from '../../../functions/usecases/pickup/pick-up.ts';
import { tableUnderTest } from '../../contracts/table-under-test.ts';
import { tableRecords } from '../../support/worlds/table-records.ts';

export const NOW = Date.parse('2026-06-15T12:00:00Z');
export const BIRTH_DATE = '2000-02-29';
const PICKUP_URL = 'https://pickup.example/pickup';

export type Ports = PickUpPorts & AskPorts & LinkPorts;

/** What the world was told of a patient. */
export interface Told {
  audits: PickupAudit['what'][];
  /** `code reason` of the Tasks that are open. */
  tasks: string[];
  started: ExecutionInput[];
}

export interface PickupWorld {
  ports: Ports;
  /** Counted by the metrics since the last look. */
  counted(): string[];
  /** How many charts were read since the last look. */
  read(): number;
  /** Moves the time. */
  advance(milliseconds: number): void;
  now(): number;
  /** A patient with a living PIN of five days, and what is particular about the chart. */
  patient(facts?: Partial<PickupFacts>, record?: Partial<Account>): Promise<string>;
  pinOf(patientId: string): string;
  chart(patientId: string): PickupFacts;
  account(patientId: string): Promise<Account>;
  change(patientId: string, changed: Partial<Account>): Promise<void>;
  /** A mail with a link of its own was sent; its token. */
  mail(patientId: string): Promise<string>;
  told(patientId: string): Told;
  /** An execution that was started ends. */
  end(execution: string, status: ExecutionStatus): void;
  close(): Promise<void>;
}

const DAY = 86_400_000;

/** @param lifetimeMs after which every call to the table is given up */
export async function pickupWorld(lifetimeMs?: number): Promise<PickupWorld> {
  const table = await tableUnderTest(lifetimeMs);
  const newId = () => randomUUID();
  const records = tableRecords({ ...table, newId });
  const { cases } = records;
  const charts = new Map<string, PickupFacts>();
  const told = new Map<string, Told>();
  const executions = new Map<string, ExecutionStatus>();
  const counted: string[] = [];
  let read = 0;
  let now = NOW;
  const toldOf = (patientId: string): Told => told.get(patientId) ?? { audits: [], tasks: [], started: [] };
  const pinOf = (patientId: string) => `K${patientId.slice(1).padStart(9, '0')}`;
  const isTask = ({ code, reason }: StaffTaskOrder) => `${code} ${reason}`;
  const ehr: PickupChart = {
    readPickupFacts: async (patientId) => {
      read += 1;
      const facts = charts.get(patientId);
      if (facts === undefined) throw new PatientNotFoundError('HTTP_404');
      return facts;
    },
    readPin: async (_patientId, encounter) => pinOf(encounter.slice(1)),
    audit: async ({ patientId, what }) => void toldOf(patientId).audits.push(what),
    // As the chart does it: once while it is open.
    openStaffTask: async (order) => {
      const { tasks } = toldOf(order.patientId);
      if (!tasks.includes(isTask(order))) tasks.push(isTask(order));
    },
  };
  const ports: Ports = {
    ehr,
    ...records,
    pickups: createDynamoDbPickupRecords({ ...table, newId }),
    fingerprint: { of: async (value) => createHmac('sha256', 'key').update(value).digest('base64url') },
    pauseSwitch: createDynamoDbPauseSwitch(table),
    executions: {
      start: async (name, input) => {
        if (!executions.has(name)) toldOf(input.patientId).started.push(input);
        executions.set(name, 'RUNNING');
        return `arn:${name}`;
      },
      describe: async (name) => {
        const status = executions.get(name);
        return status === undefined ? null : { status, arn: `arn:${name}`, stoppedAt: null };
      },
    },
    metrics: {
      ended: () => undefined,
      issued: () => undefined,
      registered: () => undefined,
      emailFeedback: () => undefined,
      pickedUp: (location) => void counted.push(`PickedUp ${location}`),
      pickupLocked: () => void counted.push('PickupLocked'),
    },
    clock: { now: () => now },
    random: { randomInt: () => 0, newId, bytes: (count) => randomBytes(count) },
    practice: { timeZone: 'America/New_York', reminderDays: [20, 27] },
    pickupUrl: PICKUP_URL,
  };

  async function account(patientId: string): Promise<Account> {
    const found = await cases.read(patientId);
    if (found === null) throw new Error(`no record of ${patientId}`);
    return found;
  }
  async function change(patientId: string, changed: Partial<Account>): Promise<void> {
    const found = await account(patientId);
    await cases.save(found, { ...found, ...changed });
  }

  return {
    ports,
    counted: () => counted.splice(0),
    read() {
      const reads = read;
      read = 0;
      return reads;
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
    now: () => now,
    async patient(facts = {}, record = {}) {
      // Long enough that no random text holds it by accident.
      const id = `pickup-patient-${charts.size + 1}`;
      charts.set(id, {
        standing: 'ELIGIBLE',
        birthDate: BIRTH_DATE,
        familyNames: ['Fernández Peña'],
        language: 'es',
        isCurrent: true,
        encounter: `e${id}`,
        ...facts,
      });
      told.set(id, { audits: [], tasks: [], started: [] });
      const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');
      const life = { issuedAt: iso(now - 5 * DAY), expiresAt: iso(now + 25 * DAY) };
      await cases.save(null, { ...newAccount(id), document: `d-${id}`, location: 'org-1', ...life, ...record });
      return id;
    },
    pinOf,
    chart(patientId) {
      const facts = charts.get(patientId);
      if (facts === undefined) throw new Error(`no chart of ${patientId}`);
      return facts;
    },
    account,
    change,
    async mail(patientId) {
      const { link, hash } = await makePickupLink(ports, await account(patientId));
      await change(patientId, { pickupToken: hash });
      return link.slice(PICKUP_URL.length + 1);
    },
    told: toldOf,
    end: (execution, status) => void executions.set(execution, status),
    close: table.close,
  };
}
