/**
 * Where PIN and pick-up token go while a PIN is picked up: the PIN is in the chart and in the answer to the right answer,
 * the token in the mail, and neither anywhere else.
 */
import type { IncomingMessage } from 'node:http';
import type { AuditEvent, QuestionnaireResponse, Task } from 'fhir/r4';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HttpHandler, readBody } from '../../../local/http/http-messages.ts';
import { giveBack } from '../../support/harness/outside-call.ts';
import { executionsSeen } from './aws-protocol.ts';
import { ADDRESS, duePatient, PERSON, TALKATIVE } from './canary-practice.ts';
import { find, type Text } from './canary-search.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

/** The canary person's: 1957-03-29. */
const RIGHT = { month: '3', day: '29', year: '1957' };
const WRONG = { month: '4', day: '1', year: '1957' };

let running: RunningPlatform;
const logLines: string[] = [];
/** What the product asked of the services around it: URL, headers and body. */
const asked: Text[] = [];
/** What the page answered: without a PIN, and with one. */
const pages: Text[] = [];
const shown: Text[] = [];
const pins: string[] = [];
const tokens: string[] = [];
let executions: Text[] = [];

const textOf = (where: string, value: unknown): Text => ({ where, text: JSON.stringify(value) });

/** Every secret of the run; the address, too, which a mail has on its envelope alone. */
const secrets = () => [...PERSON, ADDRESS, ...pins, ...tokens];

function listening(prefix: string, handler: HttpHandler): HttpHandler {
  return async (req: IncomingMessage, res) => {
    const body = await readBody(req);
    giveBack(req, body);
    const { method, url, headers } = req;
    asked.push({ where: `${method} ${prefix}, line and headers`, text: `${url} ${JSON.stringify(headers)}` });
    // A PIN goes to the chart, where it is made, and to KMS, which makes a digest of it; a mail goes to SES.
    if (!['/fhir', '/kms', '/ses'].includes(prefix)) asked.push({ where: `${prefix}, body`, text: body.toString() });
    return handler(req, res);
  };
}

function newestLink(): string {
  const mail = running.platform.mailbox.mails().at(-1);
  const link = /http:\/\/[^\s"]+\/pickup\/[\w-]+/.exec(mail?.body.text ?? '')?.[0] ?? '';
  const token = link.slice(link.lastIndexOf('/') + 1);
  if (!tokens.includes(token)) tokens.push(token);
  return link;
}

async function visit(link: string, fields: Record<string, string> | null): Promise<string> {
  const init = fields === null ? {} : { method: 'POST', body: new URLSearchParams(fields) };
  const response = await fetch(link, { ...init, redirect: 'manual' });
  const body = await response.text();
  const where = `${fields === null ? 'GET' : 'POST'} ${response.status}`;
  pages.push({ where: `${where}, headers`, text: JSON.stringify([...response.headers]) });
  (body.includes('id="pin"') ? shown : pages).push({ where: `${where}, page`, text: body });
  return body;
}

const proofIn = (body: string) => /name="proof" value="([^"]+)"/.exec(body)?.[1] ?? '';

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => logLines.push(String(chunk)) > 0);
  }
  const around = { service: listening, step: (_name: string, handler: never) => handler };
  running = await runPlatform({ logLevel: 'DEBUG', metrics: true, around });
  const { platform, take, decisionPorts } = running;
  const admit = async (n: number) => {
    const { id, bundle } = duePatient(n, platform.clock.now());
    await platform.ehr.load([bundle]);
    await take(id);
    return id;
  };
  const { resend } = await import('../../../functions/usecases/staff/decisions.ts');

  const id = await admit(700);
  const first = newestLink();
  await visit(first, null);
  await visit(first, { month: '', day: '29', year: '57' });
  await visit(first, WRONG);
  await visit(first, RIGHT);
  await visit(first, RIGHT);
  // A newer mail kills the link.
  await resend(decisionPorts, { patientId: id, actor: 'admin', reason: 'lost the mail' });
  await platform.stepFunctions.settled();
  const second = newestLink();
  await visit(first, RIGHT);
  await visit(second, RIGHT);
  await visit(`${second}x`, RIGHT);

  // An EHR that talks too much, at each request of an answer.
  await admit(701);
  const third = newestLink();
  const routes = ['', 'QuestionnaireResponse', 'AuditEvent'];
  for (const [kind, fault] of Object.values(TALKATIVE).entries()) {
    // Each fault at two of the three requests, each request with four of the six faults.
    for (const route of routes.filter((_route, at) => (at + kind) % 3 > 0)) {
      platform.ehr.fail({ route, times: 1, fault });
      await visit(third, RIGHT);
      platform.ehr.clearFaults();
    }
  }
  for (let n = 0; n < 7; n++) await visit(third, WRONG);

  // The PIN expires, and a new one is asked for.
  await admit(702);
  const fourth = newestLink();
  await decisionPorts.pauseSwitch.set({ actor: 'admin', reason: 'EHR upgrade', at: '2026-11-22T12:00:00Z' });
  await platform.clock.advance('P30D');
  await decisionPorts.pauseSwitch.set(null);
  const proof = proofIn(await visit(fourth, RIGHT));
  await visit(fourth, { proof });
  await platform.stepFunctions.settled();
  await visit(newestLink(), RIGHT);
  await visit(fourth, { proof });
  await visit(fourth, RIGHT);

  const forms = await platform.ehr.search<QuestionnaireResponse>('QuestionnaireResponse?_count=1000');
  pins.push(
    ...forms.flatMap(({ item = [] }) =>
      item.flatMap(({ linkId, answer }) => (linkId === 'pin' ? (answer?.[0]?.valueString ?? []) : [])),
    ),
  );
  const seen = await executionsSeen(running.sfn, platform.endpoints.stateMachines['regenerate-pin'] ?? '');
  executions = seen.map((each) => textOf(`execution ${each.listed.name}`, each));
  vi.restoreAllMocks();
}, 120_000);
afterAll(() => running.close());

it('went through all of it', () => {
  const kinds = new Set(
    logLines
      .join('')
      .split('\n')
      .filter((line) => line.includes('"PickupPage"'))
      .map((line) => JSON.parse(line))
      .map(({ outcome, reason, error }) => error ?? (outcome === 'REFUSED' ? reason : outcome)),
  );
  const refusals = ['WRONG', 'KILLED', 'LOCKED', 'UNKNOWN'];
  const told = ['ASK', 'CORRECT', 'PIN', 'EXPIRED', 'ASKED', 'REPLACED'];
  const failures = ['EhrUnavailableError', 'EhrRejectedError'];
  expect([...kinds]).toEqual(expect.arrayContaining([...refusals, ...told, ...failures]));
  expect(tokens).toHaveLength(5);
  expect(tokens.every((token) => /^[\w-]{43}$/.test(token))).toBe(true);
  expect(pins.length).toBeGreaterThanOrEqual(6);
});

describe('the PIN', () => {
  it('is shown for the right answer: the living one of that patient, and no other', () => {
    expect(shown.length).toBeGreaterThanOrEqual(4);
    for (const page of shown) expect(new Set(find(pins, [page]).map(({ canary }) => canary)).size).toBe(1);
    expect(find([...PERSON, ADDRESS, ...tokens], shown)).toEqual([]);
  });

  it('is on no other page and in no header; nor are a name, a date of birth, an address, a token', () => {
    expect(pages.length).toBeGreaterThan(40);
    expect(find(secrets(), pages)).toEqual([]);
  });
});

describe('the token', () => {
  it('is in the mail, once as a text and once as HTML, and the PIN is not', () => {
    const bodies = running.platform.mailbox.mails().map(({ body, subject }) => textOf('mail', { body, subject }));
    expect(new Set(find(tokens, bodies).map(({ canary }) => canary))).toEqual(new Set(tokens));
    expect(find([...PERSON, ADDRESS, ...pins], bodies)).toEqual([]);
    expect(
      find(
        tokens,
        running.platform.mailbox.mails().map(({ subject }) => textOf('subject', subject)),
      ),
    ).toEqual([]);
  });
});

describe('neither, nor anything of the person,', () => {
  it('is in a log line or a metric, at level DEBUG', () => {
    expect(logLines.join('').split('"PickupPage"').length).toBeGreaterThan(25);
    expect(logLines.join('')).toContain('PickedUp');
    expect(logLines.join('')).toContain('PickupLocked');
    expect(find(secrets(), [{ where: 'log', text: logLines.join('') }])).toEqual([]);
  });

  it('is in the table, or in what it was asked', async () => {
    const items = await running.items();
    const kinds = new Set(items.map(({ pk, sk }) => `${String(pk).split('#')[0]}/${String(sk).split('#')[0]}`));
    expect([...kinds]).toEqual(expect.arrayContaining(['PICKUP/PICKUP', 'PATIENT/PICKUP', 'PATIENT/REQUEST']));
    const texts = items.map((item) =>
      textOf(
        `item ${item.pk} ${item.sk}`,
        Object.entries(item).map(([key, value]) => [key, value instanceof Set ? [...value] : value]),
      ),
    );
    expect(find(secrets(), texts)).toEqual([]);
  });

  it('is in a URL, a header, or a body that is not the chart’s, KMS’s or the mail’s', () => {
    expect(asked.length).toBeGreaterThan(200);
    expect(find(secrets(), asked)).toEqual([]);
  });

  it('is in an execution', () => {
    expect(executions.length).toBeGreaterThanOrEqual(5);
    expect(find(secrets(), executions)).toEqual([]);
  });

  it('is in the audit trail, or in the front desk’s Task', async () => {
    const audits = await running.platform.ehr.search<AuditEvent>('AuditEvent?_count=1000');
    expect(audits.map(({ subtype }) => subtype?.[0]?.code)).toEqual(
      expect.arrayContaining(['pin-viewed', 'pickup-locked']),
    );
    const tasks = await running.platform.ehr.search<Task>('Task?_count=1000');
    expect(tasks.map(({ reasonCode }) => reasonCode?.text)).toContain('PICKUP_LOCKED');
    expect(find(secrets(), [textOf('audit', audits), textOf('tasks', tasks)])).toEqual([]);
  });
});
