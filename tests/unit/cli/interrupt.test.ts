import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Command, command } from '../../support/cli/portal-pin.ts';
import { type Answering, closeAll, item, json, scriptedPlatform } from '../../support/cli/scripted-platform.ts';

const PATIENCE = { timeout: 60_000 };
const LAUNCHER = fileURLToPath(new URL('../../../cli/portal-pin.mjs', import.meta.url));
const MACHINE = 'arn:aws:states:us-east-1:000000000000:execution:sweep-expiring-pins';

afterAll(closeAll);

const RUN = {
  day: '2026-06-15',
  execution: 'by-hand-1',
  dryRun: false,
  startedAt: '2026-06-15T12:00:00Z',
  endedAt: null,
  stoppedBy: null,
  minutes: 3,
  counts: { STARTED: 60, RUNNING: 0, NOT_DUE: 2, PAUSED: 0, FAILED: 0 },
};

/** A platform with a sweep or discovery that never ends; other requests are answered as the test says. */
async function endless(more: Answering = (_asked, res) => json(res, {}), silent = '') {
  const platform = await scriptedPlatform((asked, res) => {
    if (asked.operation === silent) return;
    if (asked.operation === 'StartExecution') json(res, { executionArn: `${MACHINE}:by-hand-1`, startDate: 0 });
    else if (asked.operation === 'DescribeExecution') json(res, { status: 'RUNNING', startDate: 0 });
    else if (asked.operation === 'ListExecutions') json(res, { executions: [] });
    else if (asked.operation === 'Query') json(res, { Items: [], Count: 0 });
    else if (asked.operation === 'GetItem' && asked.body.includes('SWEEP#')) json(res, { Item: item(RUN) });
    else more(asked, res);
  });
  const times = (operation: string) => platform.asked.filter((each) => each.operation === operation).length;
  return { ...platform, times };
}

/** Interrupts when that has come; answers how it ended. */
async function interruptedAt({ child, ended }: Command, hasCome: () => boolean) {
  await expect.poll(hasCome, { timeout: 30_000, interval: 20 }).toBe(true);
  child.kill('SIGINT');
  return ended;
}

describe.concurrent('Ctrl-C', PATIENCE, () => {
  it.each([['sweep'], ['discover']])('in the middle of a %s: exit 130, one was started and goes on', async (name) => {
    const { folder, times } = await endless();
    const said = await interruptedAt(command(folder, [name]), () => times('DescribeExecution') > 2);
    expect(said).toMatchObject({ code: 130, stdout: '' });
    expect(said.stderr.trim()).toBe('Interrupted. What was started goes on; "portal-pin pause" stops further starts.');
    expect([times('StartExecution'), times('StopExecution')]).toEqual([1, 0]);
  });

  it('by way of the launcher, which every user takes, too', async () => {
    const { folder, times } = await endless();
    const running = command(folder, ['sweep', '--json'], { program: LAUNCHER });
    const said = await interruptedAt(running, () => times('DescribeExecution') > 2);
    expect(said).toMatchObject({ code: 130, stdout: '' });
  });

  it('before anything was started: nothing is', async () => {
    const { folder, times, asked } = await endless(undefined, 'ListExecutions');
    const said = await interruptedAt(command(folder, ['discover']), () => times('ListExecutions') > 0);
    expect(said.code).toBe(130);
    expect(asked.map(({ operation }) => operation)).toEqual(['ListExecutions']);
  });

  it('while a decision is written: it is written to its end, and what it decides is started', async () => {
    const account = { pk: 'PATIENT#demo-001', sk: 'ACCOUNT', version: 'v1', attempt: 1, failures: 0 };
    const { folder, times } = await endless(({ operation, body }, res) => {
      if (operation === 'GetItem' && body.includes('ACCOUNT')) json(res, { Item: item(account) });
      // Slow enough for the hand on the keyboard.
      else if (operation === 'PutItem') setTimeout(() => json(res, {}), 500);
      else json(res, {});
    });
    const args = ['regenerate', 'demo-001', '--reason', 'lost', '--force'];
    const { child, ended } = command(folder, args, { program: LAUNCHER, isGroup: true });
    await expect.poll(() => times('PutItem'), { timeout: 30_000, interval: 20 }).toBe(1);
    // As a terminal does: to the launcher, which sends it on, and to the command itself.
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect((await ended).code).toBe(130);
    expect([times('PutItem'), times('UpdateItem'), times('StartExecution')]).toEqual([1, 1, 1]);
  });

  it('again and again: it does not wait', async () => {
    const { folder, times } = await endless(undefined, 'PutItem');
    const { child, ended } = command(folder, ['pause', '--reason', 'upgrade']);
    await expect.poll(() => times('PutItem'), { timeout: 30_000, interval: 20 }).toBe(1);
    const pressing = setInterval(() => child.kill('SIGINT'), 100);
    expect((await ended).code).toBe(130);
    clearInterval(pressing);
    // The SDK would have asked again before it gave up.
    expect(times('PutItem')).toBe(1);
  });
});
