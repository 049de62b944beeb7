import { afterAll, describe, expect, it } from 'vitest';
import { beginDiscovery } from '../../../functions/domain/batch/discovery.ts';
import { portalPin } from '../../support/cli/portal-pin.ts';
import { closeAll, item, json, scriptedPlatform } from '../../support/cli/scripted-platform.ts';

const PATIENCE = { timeout: 60_000 };
const ARN = 'arn:aws:states:us-east-1:000000000000:execution:discover-pins:run-1';
const CANARY = 'Q987654321';

afterAll(closeAll);

/** As stored. */
const BEGUN = {
  pk: 'DISCOVERY#chart',
  sk: 'RUN#run-1',
  ...beginDiscovery('run-1', Date.parse('2026-06-15T12:00:00Z')),
  version: 'v1',
};

interface World {
  reading?: object;
  execution: object;
  isRunning?: boolean;
}

/** A platform with the discovery in the state the test gives. */
async function standing({ reading, execution, isRunning = false }: World) {
  return scriptedPlatform(({ operation }, res) => {
    if (operation === 'ListExecutions') json(res, { executions: isRunning ? [{ executionArn: ARN }] : [] });
    else if (operation === 'StartExecution') json(res, { executionArn: ARN, startDate: 0 });
    else if (operation === 'DescribeExecution') json(res, { executionArn: ARN, startDate: 0, ...execution });
    else if (operation === 'Query') json(res, { Items: reading ? [item({ ...BEGUN, ...reading })] : [] });
    else json(res, {});
  });
}

describe.concurrent('discover', PATIENCE, () => {
  it('names the failed patients and exits with 1', async () => {
    const counts = { TRACKED: 5, KNOWN: 0, UNCLEAR: 0, WITHDRAWN: 0, FAILED: 2 };
    const failed = [{ patientId: 'p-3', error: 'EhrRejectedError' }];
    const ended = { endedAt: '2026-06-15T12:01:00Z', documents: 8, withoutPatient: 1, counts, failed };
    const { folder } = await standing({ reading: ended, execution: { status: 'SUCCEEDED' } });
    const { code, stdout, stderr } = await portalPin(folder, ['discover']);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^2 patients failed; the next "portal-pin discover" looks at them again\.$/m);
    expect(stdout).toMatch(/^1 PIN documents name no patient/m);
    expect(stdout).toMatch(/p-3\s+│ EhrRejectedError/);
  });

  it('says why it broke off, and how to go on; not where it was', async () => {
    const cause = JSON.stringify({ errorType: 'EhrUnavailableError', errorMessage: 'HTTP_503', trace: [] });
    const { folder } = await standing({
      reading: { pages: 3, bookmark: `DocumentReference?_session=${CANARY}` },
      execution: { status: 'FAILED', error: 'EhrUnavailableError', cause },
    });
    for (const args of [['discover'], ['--json', 'discover']]) {
      const { code, stdout } = await portalPin(folder, args);
      expect(code).toBe(1);
      expect(stdout).not.toContain(CANARY);
      if (args.length > 1) expect(JSON.parse(stdout)).toMatchObject({ pages: 3, endedAt: null });
      else
        expect(stdout).toMatch(/broke off \(EhrUnavailableError HTTP_503\)\. "portal-pin discover" goes on from there/);
    }
  });

  it('follows the one that runs instead of starting another', async () => {
    const ended = { endedAt: '2026-06-15T12:01:00Z' };
    const { folder, asked } = await standing({ reading: ended, execution: { status: 'RUNNING' }, isRunning: true });
    const { code, stdout } = await portalPin(folder, ['discover']);
    expect(code).toBe(0);
    expect(stdout).toContain('A discovery was running already: this is that one.');
    expect(asked.map(({ operation }) => operation)).not.toContain('StartExecution');
  });

  it('stops the one that runs', async () => {
    const { folder, asked } = await standing({ execution: { status: 'RUNNING' }, isRunning: true });
    const { code, stdout } = await portalPin(folder, ['discover', '--stop']);
    expect([code, stdout]).toEqual([0, 'Stopped. "portal-pin discover" goes on from there.\n']);
    const { body = '' } = asked.find(({ operation }) => operation === 'StopExecution') ?? {};
    expect(JSON.parse(body)).toEqual({ executionArn: ARN, error: 'StoppedByHand' });
  });

  it('says so when it left no record', async () => {
    const { folder } = await standing({ execution: { status: 'ABORTED' } });
    const { code, stdout } = await portalPin(folder, ['discover']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/broke off \(ABORTED\).*\nIt left no record\./);
  });
});

it('a sweep that breaks off is said to, with exit code 1', PATIENCE, async () => {
  let isThere = false;
  const { folder } = await scriptedPlatform(({ operation }, res) => {
    if (operation === 'StartExecution') isThere = true;
    if (operation === 'StartExecution') json(res, { executionArn: ARN, startDate: 0 });
    else if (operation === 'DescribeExecution' && !isThere) json(res, { __type: 'ExecutionDoesNotExist' }, 400);
    else if (operation === 'DescribeExecution') json(res, { status: 'TIMED_OUT', startDate: 0 });
    else json(res, {});
  });
  const { code, stdout } = await portalPin(folder, ['sweep']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^The sweep broke off \(TIMED_OUT\): .* the next sweep takes up what is left\.$/m);
});
