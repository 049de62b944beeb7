import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DOCUMENT_TYPE } from '../../../functions/adapters/fhir/codes.ts';
import { portalPin } from '../../support/cli/portal-pin.ts';
import { type Place, place } from '../../support/local/running-start.ts';

/** A command takes a second on an idle machine. */
const PATIENCE = { timeout: 60_000 };

let running: Place;
beforeAll(async () => {
  running = place();
  const started = running.start();
  await started.url;
  await vi.waitUntil(() => started.output().stdout.includes('REGENERATED'), { timeout: 60_000 });
}, 90_000);
afterAll(() => running.clear());

const at = (...args: string[]) => portalPin(running.folder, args);
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
    const { execution, ...how } = await json('regenerate', 'demo-002', '--reason', 'lost the mail', '--force');
    expect(how).toMatchObject({ decision: 'STARTED', outcome: 'REGENERATED', reason: null, error: null });
    const unforced = await at('regenerate', 'demo-002', '--reason', 'just to see');
    expect([unforced.code, unforced.stdout]).toEqual([
      0,
      expect.stringMatching(/It ended NOT_NEEDED \/ NOT_EXPIRED\.\n$/),
    ]);
    const states = (await json('history', execution)).map(({ state }: { state: string }) => state);
    expect(states).toContain('SignDocument');
    const redriven = await json('redrive', execution, '--reason', 'once more');
    expect(redriven).toMatchObject({ decision: 'STARTED', execution: expect.stringMatching(/-4$/) });
  });

  it('is found from a folder below, by an option and by a variable', async () => {
    const below = mkdtempSync(join(running.folder, 'below-'));
    const elsewhere = mkdtempSync(join(tmpdir(), 'portal-pin-'));
    const file = join(running.folder, '.local/endpoints.json');
    expect((await portalPin(below, ['status', 'demo-001'])).code).toBe(0);
    expect((await portalPin(elsewhere, ['status', 'demo-001'])).code).toBe(3);
    expect((await portalPin(elsewhere, ['--endpoints', file, 'status', 'demo-001'])).code).toBe(0);
    expect((await portalPin(elsewhere, ['status', 'demo-001'], { PORTAL_PIN_ENDPOINTS: file })).code).toBe(0);
    rmSync(elsewhere, { recursive: true });
  });

  it('starts nothing while it is paused, and says so', async () => {
    expect((await at('pause', '--reason', 'EHR upgrade', '--actor', 'pat')).code).toBe(0);
    expect((await at('status', 'demo-001')).stdout).toContain('PAUSED by pat');
    expect((await at('why', 'demo-001')).stdout.split('\n')[0]).toMatch(/PAUSED by pat since .*: EHR upgrade/);
    expect(await json('status', 'demo-001')).toMatchObject({ paused: { actor: 'pat', reason: 'EHR upgrade' } });
    expect((await json('why', 'demo-001'))[0].fact).toContain('PAUSED by pat');
    expect(await json('send-webhook', 'patient.email_changed', 'demo-003')).toMatchObject({
      answer: { decision: expect.stringMatching(/PAUSED|NOT_DUE/) },
    });
    expect(await json('regenerate', 'demo-003', '--reason', 'x')).toMatchObject({ decision: 'PAUSED' });
    const refused = await at('sweep');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/^Refused: STARTS_PAUSED\. .*portal-pin resume/);
    expect(await json('sweep', '--dry-run')).toMatchObject({ stoppedBy: null, dryRun: true });
    expect((await at('resume')).code).toBe(0);
    expect(await json('status', 'demo-001')).toMatchObject({ paused: null });
    expect(await json('sweep', '--dry-run')).toMatchObject({ stoppedBy: null, dryRun: true });
    expect((await json('sweeps')).length).toBe(2);
  });

  it('discovers what the chart holds, and what was signed since; repeated, nothing', async () => {
    const first = await at('discover');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/KNOWN\s+│ \d\d/);
    const endpoints = JSON.parse(readFileSync(join(running.folder, '.local/endpoints.json'), 'utf8'));
    const put = (resource: { resourceType: string; id: string }) =>
      fetch(`${endpoints.fhir}/${resource.resourceType}/${resource.id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/fhir+json', authorization: endpoints.fhirAuthorization },
        body: JSON.stringify(resource),
      });
    const document = {
      resourceType: 'DocumentReference',
      id: 'signed-since',
      status: 'current',
      docStatus: 'final',
      type: { coding: [DOCUMENT_TYPE] },
      subject: { reference: 'Patient/new-001' },
      date: new Date(Date.now() - 60_000).toISOString(),
      content: [{ attachment: { title: 'Patient Portal Pin' } }],
    };
    expect((await put({ resourceType: 'Patient', id: 'new-001' })).status).toBe(201);
    expect((await put(document)).status).toBe(201);
    expect(await json('discover')).toMatchObject({ counts: { TRACKED: 1, FAILED: 0 }, stoppedBy: null, failed: [] });
    expect(await json('discover')).toMatchObject({ counts: { TRACKED: 0 } });
    expect(await json('status', 'new-001')).toMatchObject({ document: 'signed-since', attempt: 0 });
    const listed = await json('discoveries');
    expect(listed.map(({ counts }: { counts: { TRACKED: number } }) => counts.TRACKED)).toEqual([0, 1, 0]);
    expect(JSON.stringify(listed)).not.toMatch(/bookmark|circle/);
    expect((await at('discover', '--stop')).stdout).toBe('No discovery runs.\n');
    expect((await json('history', listed[0].execution)).map(({ state }: { state: string }) => state)).toContain(
      'DiscoverPage',
    );
  });

  it('sends webhooks with the platform’s own secret, which is the user’s alone, and shows what was decided', async () => {
    const file = join(running.folder, '.local/endpoints.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { webhookSecret } = JSON.parse(readFileSync(file, 'utf8'));
    const said = await at('send-webhook', 'pin.regeneration_requested', 'demo-004', '--reason', 'lost', '--force');
    expect([said.code, said.stderr]).toEqual([0, '']);
    expect(said.stdout).toMatch(
      /^202 (STARTED|RUNNING): .*\nExecution: [0-9a-f]{40}-2\nwebhook-id: msg_[0-9a-f]{32}\n$/,
    );
    expect(said.stdout).not.toContain(webhookSecret);
    const send = ['send-webhook', 'portal.registered', 'demo-005', '--id', 'once'];
    expect(await json(...send)).toMatchObject({ status: 202, id: 'once', answer: { decision: 'STOPPED' } });
    const other = ['send-webhook', 'patient.opted_out', 'demo-005', '--id', 'once'];
    expect(await at(...other)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('This webhook-id had another'),
    });
    expect(await json('send-webhook', 'pin.issued', 'unknown-1')).toMatchObject({
      answer: { decision: 'UNKNOWN_PATIENT' },
    });
  });

  it.each<[string, string[], number, RegExp]>([
    ['an unknown patient', ['why', 'unknown-1'], 2, /no record of unknown-1/],
    ['an unknown patient to regenerate', ['regenerate', 'unknown-1', '--reason', 'x'], 2, /no record of unknown-1/],
    ['an unknown execution', ['history', 'nope'], 2, /no execution nope/],
    ['an unknown execution of a patient', ['redrive', `${'0'.repeat(40)}-1`, '--reason', 'x'], 2, /no execution 0{40}/],
    ['a hold that is none', ['release', 'demo-001', '--reason', 'x'], 1, /NOT_HELD/],
    ['no reason', ['release', 'demo-001'], 2, /--reason/],
    ['an empty reason', ['release', 'demo-001', '--reason', ' '], 2, /1 to 500 characters/],
    ['a long reason', ['pause', '--reason', 'x'.repeat(501)], 2, /1 to 500 characters/],
    ['help for an unknown command', ['help', 'bogus'], 2, /no command bogus/],
    ['a day that does not exist', ['sweeps', '--day', '2026-13-01'], 2, /day of the calendar/],
    ['February 30', ['sweeps', '--day', '2026-02-30'], 2, /day of the calendar/],
    ['an unknown command', ['bogus'], 2, /unknown command/],
    ['a limit that is no number', ['executions', '--limit', 'many'], 2, /whole number/],
  ])('answers %s with one clear line and its exit code', async (_what, args, code, line) => {
    const said = await at(...args);
    expect([said.code, said.stdout]).toEqual([code, '']);
    expect(said.stderr.trim().split('\n')[0]).toMatch(line);
    const asJson = await at('--json', ...args);
    expect([asJson.code, asJson.stdout]).toEqual([code, '']);
    expect(JSON.parse(asJson.stderr)).toEqual({ error: { message: expect.stringMatching(line), exitCode: code } });
  });
});
