import { readFileSync } from 'node:fs';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Discovery } from '../../../functions/domain/batch/discovery.ts';
import { toInstant } from '../../../functions/domain/time/instant.ts';
import { outsidePorts } from '../../../local/http/ports.ts';
import { readStateMachine } from '../../../statemachines/read-asl.ts';
import { collection, document } from '../../support/local/running-ehr.ts';
import { type Ended, type RunningPlatform, runPlatform } from './running-platform.ts';

const DAY = 24 * 60 * 60 * 1000;
/** More than one page of the adapter's 50. */
const MANY = 70;

let running: RunningPlatform;
let ports: ReturnType<typeof outsidePorts>;
/** Patients with a hand-made PIN and no record yet. */
let unknown: string[];

beforeAll(async () => {
  running = await runPlatform();
  ports = outsidePorts();
  unknown = [];
  for (let n = 0; n < MANY; n++) unknown.push(await running.admit({ pins: [{ age: (n % 40) * DAY }] }));
});
afterAll(() => running.close());
afterEach(() => running.platform.ehr.clearFaults());

const stateMachineArn = () => running.platform.endpoints.stateMachines['discover-pins'];

async function start(): Promise<string> {
  const { executionArn = '' } = await running.sfn.send(
    new StartExecutionCommand({ stateMachineArn: stateMachineArn(), input: '{}' }),
  );
  return executionArn;
}

async function discover(): Promise<Ended & { reading: Discovery }> {
  const ended = await running.ended(await start());
  const reading = await ports.discoveries.latest();
  if (reading === null) throw new Error('the discovery left no record');
  return { ...ended, reading };
}

/** Breaks the n-th request for a page from now on. */
function breakPage(n: number, times: number): void {
  const fault = { kind: 'status', status: 503 } as const;
  const isList = ({ url }: { url: string }) => !url.includes('patient');
  running.platform.ehr.fail({ method: 'GET', route: 'DocumentReference', matching: isList, skip: n - 1, times, fault });
}

describe('the discovery', () => {
  it('fails by name while the EHR is down, with what it has read kept', async () => {
    breakPage(2, 1000);
    const { execution, reading } = await discover();
    expect([execution.status, execution.error]).toEqual(['FAILED', 'EhrUnavailableError']);
    expect(reading).toMatchObject({ pages: 1, endedAt: null, documents: 50 });
    expect(await ports.cases.read(unknown[49] ?? '')).not.toBeNull();
    expect(await ports.cases.read(unknown[50] ?? '')).toBeNull();
  });

  it('goes on where the last one stopped, also while all starts are paused: it starts nothing', async () => {
    await ports.pauseSwitch.set({ actor: 'pat', reason: 'go-live', at: toInstant(running.platform.clock.now()) });
    const { execution, path, reading } = await discover();
    await ports.pauseSwitch.set(null);
    expect(execution.status).toBe('SUCCEEDED');
    expect(path).toEqual(['BeginDiscovery', 'DiscoverPage', 'IsOver', 'Discovered']);
    expect(reading).toMatchObject({ pages: 2, documents: MANY, stoppedBy: null, bookmark: null });
    expect(reading.counts).toEqual({ TRACKED: MANY, KNOWN: 0, UNCLEAR: 0, WITHDRAWN: 0, FAILED: 0 });
    expect(reading.execution).toBe(execution.name);
    const accounts = await Promise.all(unknown.map((id) => running.account(id)));
    expect(accounts.every(({ attempt, outcome }) => attempt === 0 && outcome === null)).toBe(true);
  });

  it('is retried within its execution when a page fails for a moment', async () => {
    breakPage(1, 2);
    const { execution, history } = await discover();
    expect(execution.status).toBe('SUCCEEDED');
    expect(history.filter(({ type }) => type === 'TaskFailed')).toHaveLength(2);
  });

  it('repeated, finds everybody known, and asks the EHR for the pages alone', async () => {
    running.platform.ehr.requests.clear();
    const { reading } = await discover();
    expect(reading.counts).toMatchObject({ TRACKED: 0, KNOWN: MANY });
    const asked = running.platform.ehr.requests.list().map(({ method, route }) => `${method} ${route}`);
    expect(asked).toEqual(['GET DocumentReference', 'GET DocumentReference']);
  });

  it('goes on when it was stopped in the middle', async () => {
    const late = await running.admit({ pins: [{ age: 3 * DAY }] });
    const arn = await start();
    const stop = running.platform.ehr.onRequest(async ({ phase, request }) => {
      if (phase !== 'before' || !request.url.includes('_cursor')) return;
      stop();
      await running.sfn.send(new StopExecutionCommand({ executionArn: arn, error: 'StoppedByHand' }));
    });
    expect((await running.ended(arn)).execution.status).toBe('ABORTED');
    const { execution, reading } = await discover();
    expect(execution.status).toBe('SUCCEEDED');
    expect(reading.stoppedBy).toBeNull();
    expect((await running.account(late)).document).not.toBeNull();
  });

  it('leaves an unclear chart to staff, asked by the next sweep', async () => {
    const id = await running.admit({ pins: [{ age: null }] });
    expect((await discover()).reading.counts).toMatchObject({ UNCLEAR: 1, TRACKED: 0 });
    await running.platform.clock.advance('P1D');
    expect(await running.account(id)).toMatchObject({ outcome: 'HELD', reason: 'CHART_UNCLEAR' });
  });

  it('fails by name, and ends its reading, when pages lead in a circle', async () => {
    const stop = running.platform.ehr.onRequest(({ phase, request, answer }) => {
      if (phase !== 'after' || answer === undefined || !request.url.includes('_cursor')) return;
      const bundle = JSON.parse(answer.body);
      const [self] = bundle.link;
      answer.body = JSON.stringify({ ...bundle, link: [self, { relation: 'next', url: self.url }] });
    });
    const { execution, reading } = await discover();
    stop();
    expect([execution.status, execution.error]).toEqual(['FAILED', 'EhrRejectedError']);
    expect(JSON.parse(execution.cause ?? '')).toMatchObject({ errorMessage: 'PAGES_REPEAT' });
    expect(reading).toMatchObject({ stoppedBy: 'PAGES_REPEAT', bookmark: null });
    expect((await discover()).reading).toMatchObject({ stoppedBy: null, counts: { FAILED: 0 } });
  });

  it('fails by name when a page lies elsewhere, where the token must not go', async () => {
    const stop = running.platform.ehr.onRequest(({ phase, request, answer }) => {
      if (phase !== 'after' || answer === undefined || request.route !== 'DocumentReference') return;
      const bundle = JSON.parse(answer.body);
      answer.body = JSON.stringify({ ...bundle, link: [{ relation: 'next', url: 'https://elsewhere.example/fhir' }] });
    });
    const { execution } = await discover();
    stop();
    expect(JSON.parse(execution.cause ?? '')).toMatchObject({ errorMessage: 'PAGE_LINK_LEAVES_EHR' });
  });

  it('counts documents that name no patient', async () => {
    const nobodys = document('nobodys', '', { docStatus: 'final', date: '2026-01-01T00:00:00Z', subject: undefined });
    await running.platform.ehr.load([collection(nobodys)]);
    const { reading } = await discover();
    expect(reading).toMatchObject({ withoutPatient: 1, counts: { FAILED: 0 } });
  });
});

describe('the machine', () => {
  interface Machine {
    TimeoutSeconds: number;
    States: { DiscoverPage: { TimeoutSeconds: number; Retry: { MaxAttempts: number }[] } };
  }
  const machine = readStateMachine<Machine>('discover-pins');
  const file = new URL('../../../statemachines/discover-pins.asl.yaml', import.meta.url);
  const text = readFileSync(file, 'utf8').replace(/\n# /g, ' ');
  /** Of Step Functions: events in the history of one execution. */
  const MOST_EVENTS = 25_000;
  /** functions/usecases/batch/discover-pages.ts: a turn that is not the last one takes this or more. */
  const TURN_SECONDS = 480;

  it('stays below the events that AWS allows, however slow the EHR and whatever is retried', async () => {
    const { history } = await discover();
    const first = history.findIndex((event) => event.stateEnteredEventDetails?.name === 'DiscoverPage');
    const last = history.findLastIndex((event) => event.stateExitedEventDetails?.name === 'IsOver');
    const turn = last - first + 1;
    expect(turn).toBeLessThanOrEqual(8);
    const retried = 8 + 3 * (machine.States.DiscoverPage.Retry[0]?.MaxAttempts ?? 0);
    expect(retried).toBe(32);
    const turns = machine.TimeoutSeconds / TURN_SECONDS;
    expect([turns, turns * retried]).toEqual([720, 23_040]);
    expect(turns * retried + 10).toBeLessThan(MOST_EVENTS);
    for (const figure of ['720 turns', '23,040', '25,000', '313 turns', '2,504 events']) {
      expect(text).toContain(figure);
    }
  });

  it('reads a million documents within its time, at 200 ms for a request', () => {
    const seconds = (1_000_000 / 4) * 3 * 0.2;
    expect(Math.ceil(seconds / TURN_SECONDS)).toBe(313);
    expect(313 * 8).toBe(2_504);
    expect(seconds).toBeLessThan(machine.TimeoutSeconds / 2);
  });
});
