import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Place, place } from '../local/running-start.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
/** A command takes a second on an idle machine. */
const PATIENCE = { timeout: 60_000 };

interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

function portalPin(cwd: string, ...args: string[]): Promise<Said> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
}

let running: Place;
beforeAll(async () => {
  running = place();
  const started = running.start();
  await started.url;
  await vi.waitUntil(() => started.output().stdout.includes('REGENERATED'), { timeout: 60_000 });
}, 90_000);
afterAll(() => running.clear());

const at = (...args: string[]) => portalPin(running.folder, ...args);
const json = async (...args: string[]) => JSON.parse((await at('--json', ...args)).stdout);

describe('the command line on a running platform', PATIENCE, () => {
  it('tells how a case stands, and why', async () => {
    expect(await json('status', 'demo-001')).toMatchObject({
      patientId: 'demo-001',
      outcome: 'REGENERATED',
      attempt: 1,
    });
    const why = await at('why', 'demo-001');
    expect([why.code, why.stdout]).toEqual([0, expect.stringMatching(/A PIN lives 30 days.*REGENERATED/s)]);
  });

  it('regenerates by force, and shows the execution’s history', async () => {
    const { decision, execution } = await json('regenerate', 'demo-002', '--reason', 'lost the mail', '--force');
    expect(decision).toBe('STARTED');
    await expect.poll(async () => (await json('status', 'demo-002')).outcome, PATIENCE).toBe('REGENERATED');
    const states = (await json('history', execution)).map(({ state }: { state: string }) => state);
    expect(states).toContain('SignDocument');
    const redriven = await json('redrive', execution, '--reason', 'once more');
    expect(redriven).toMatchObject({ decision: 'STARTED', execution: expect.stringMatching(/-3$/) });
  });

  it('starts nothing while it is paused, and says so', async () => {
    expect((await at('pause', '--reason', 'EHR upgrade', '--actor', 'pat')).code).toBe(0);
    expect((await at('status', 'demo-001')).stdout).toContain('PAUSED by pat');
    expect(await json('regenerate', 'demo-003', '--reason', 'x')).toMatchObject({ decision: 'PAUSED' });
    expect(await json('sweep')).toMatchObject({ stoppedBy: 'PAUSED', counts: { STARTED: 0 } });
    expect((await at('resume')).code).toBe(0);
    expect(await json('sweep', '--dry-run')).toMatchObject({ stoppedBy: null, dryRun: true });
    expect((await json('sweeps')).length).toBe(2);
  });

  it.each<[string, string[], number, RegExp]>([
    ['an unknown patient', ['why', 'nobody'], 2, /no record of nobody/],
    ['an unknown execution', ['history', 'nope'], 2, /no execution nope/],
    ['a hold that is none', ['release', 'demo-001', '--reason', 'x'], 1, /NOT_HELD/],
    ['no reason', ['release', 'demo-001'], 2, /--reason/],
    ['an unknown command', ['bogus'], 2, /unknown command/],
    ['a limit that is no number', ['executions', '--limit', 'many'], 2, /whole number/],
  ])('answers %s with one clear line and its exit code', async (_what, args, code, line) => {
    const said = await at(...args);
    expect([said.code, said.stdout]).toEqual([code, '']);
    expect(said.stderr.trim().split('\n')[0]).toMatch(line);
  });
});

it('says how to start a platform where none runs', PATIENCE, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-'));
  const said = await portalPin(folder, 'status', 'demo-001');
  expect([said.code, said.stderr]).toEqual([3, expect.stringContaining('npm start')]);
  rmSync(folder, { recursive: true });
});
