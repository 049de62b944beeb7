/** Everything that the admin API says about a practice of canaries: nothing that identifies a patient is found. */
import { createHash } from 'node:crypto';
import type { QuestionnaireResponse, QuestionnaireResponseItem } from 'fhir/r4';
import pMap from 'p-map';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Api, apiAt } from '../../support/admin/running-api.ts';
import { executionsSeen } from '../scenarios/aws-protocol.ts';
import { ADDRESS, canaryCharts, duePatient, GOSSIP, PERSON, TALKATIVE } from '../scenarios/canary-practice.ts';
import { find, type Text } from '../scenarios/canary-search.ts';
import { type RunningPlatform, runPlatform } from '../scenarios/running-platform.ts';

/** As staff would write it; kept with the decision, shown to staff, and nowhere else. */
const REASON = 'Spoke to the patient’s Kanarienmutter <i>today</i>';

let running: RunningPlatform;
let api: Api;
let secrets: string[];
/** Of the links in the mails. */
let tokens: string[];
const answers: Text[] = [];
const logLines: string[] = [];

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => logLines.push(String(chunk)) > 0);
  }
  running = await runPlatform({ logLevel: 'DEBUG', metrics: true });
  const { platform, take } = running;
  const plain = apiAt(platform.endpoints.api);
  const noted = <T>(where: string, answer: T): T => {
    answers.push({ where, text: JSON.stringify(answer) });
    return answer;
  };
  api = {
    ...plain,
    ask: async (name, ...rest) => noted(name, await plain.ask(name, ...rest)),
    all: async (name, ...rest) => noted(name, await plain.all(name, ...rest)),
    refused: async (name, ...rest) => noted(name, await plain.refused(name, ...rest)),
  };
  const charts = canaryCharts(platform.clock.now());
  await platform.ehr.load(charts.map(({ bundle }) => bundle));
  await pMap(charts, ({ id }) => take(id), { concurrency: 8 });
  const failing = async (n: number, arm: () => void) => {
    const { id, bundle } = duePatient(n, platform.clock.now());
    await platform.ehr.load([bundle]);
    await running.track(id);
    arm();
    await take(id);
    platform.mailbox.heal();
    platform.ehr.clearFaults();
    return id;
  };
  const failed: string[] = [];
  for (const [n, fault] of Object.values(TALKATIVE).entries()) {
    failed.push(await failing(700 + n, () => platform.ehr.fail({ route: 'Patient/:id', times: 100, fault })));
  }
  failed.push(await failing(720, () => platform.mailbox.fail({ kind: 'drop', when: 'after' })));
  const refusal = { kind: 'status', code: 'MessageRejected', status: 400, message: GOSSIP, times: 100 } as const;
  failed.push(await failing(721, () => platform.mailbox.fail(refusal)));
  const waiting = (await plain.all('readWorkList')).map(({ patientId }) => patientId);
  // One of each kind of case, and the failed ones.
  const acted = [...charts.map(({ id }) => id).filter((id) => waiting.includes(id)), charts[0]?.id ?? '', ...failed];
  await actOn(acted);
  await readEverything([...charts.map(({ id }) => id), ...failed]);

  const forms = await platform.ehr.search<QuestionnaireResponse>('QuestionnaireResponse?_count=1000');
  const pinIn = ({ answer }: QuestionnaireResponseItem) => answer?.[0]?.valueString ?? [];
  const pins = forms.flatMap(({ item = [] }) => item.flatMap((each) => (each.linkId === 'pin' ? pinIn(each) : [])));
  const addresses = charts.flatMap(({ bundle }) => JSON.stringify(bundle).match(/[^"]+@[^"]+/g) ?? []);
  secrets = [...PERSON, ADDRESS, ...pins, ...addresses];
  const mails = platform.mailbox.mails().map(({ body }) => body.text ?? '');
  tokens = mails.flatMap((text) => /\/pickup\/([\w-]+)/.exec(text)?.[1] ?? []);
  vi.restoreAllMocks();
}, 180_000);
afterAll(() => running.close());

/** Two actions on each case in turn, fitting or not; of every answer and every refusal is taken note. */
async function actOn(patientIds: readonly string[]): Promise<void> {
  const turns = ['acknowledge', 'resend', 'release', 'redrive', 'regenerate'] as const;
  for (const [index, patientId] of [...new Set(patientIds)].entries()) {
    const parameters = { patientId };
    for (const turn of [index, index + 2]) {
      const action = turns[turn % turns.length] ?? 'redrive';
      const { version, actions } = await api.ask('readPatient', { parameters });
      const force = action === 'regenerate' ? { force: true } : {};
      const order = { parameters, body: { action, reason: REASON, version, ...force } };
      const fits = actions.includes(action) || action === 'redrive';
      await (fits ? api.ask('actOnPatient', order) : api.refused('actOnPatient', order));
      await running.platform.stepFunctions.settled();
    }
  }
}

async function readEverything(patientIds: readonly string[]): Promise<void> {
  for (const patientId of patientIds) await api.ask('readPatient', { parameters: { patientId } });
  await api.ask('readOverview');
  await api.all('readWorkList');
  await api.all('listPatients');
  await api.all('listExecutions', { query: { outcome: 'FAILED' } });
  const executions = await api.all('listExecutions', { query: { limit: 100 } });
  await pMap(
    executions.filter(({ status }, index) => status !== 'SUCCEEDED' || index % 3 === 0),
    async ({ name }) => {
      await api.ask('readExecution', { parameters: { name } });
      await api.all('readHistory', { parameters: { name } });
    },
    { concurrency: 4 },
  );
  const { day, execution } = await api.ask('startSweep', { body: { dryRun: false, reason: REASON } });
  await running.platform.stepFunctions.settled();
  await api.ask('readSweep', { parameters: { day, execution } });
  await api.all('readHistory', { parameters: { name: execution }, query: { machine: 'sweep-expiring-pins' } });
  await api.ask('listSweeps');
  await api.ask('listDecisions');
}

it('went through all of it', () => {
  const said = answers.map(({ text }) => text).join();
  for (const part of ['REGENERATED', 'EMAIL_MISSING', 'HELD', 'NotificationFateUnknownError', 'EhrUnavailableError']) {
    expect(said).toContain(part);
  }
  expect(answers.length).toBeGreaterThan(200);
  expect(secrets.length).toBeGreaterThan(80);
  expect(logLines.join('').split('"AdminApi"').length).toBeGreaterThan(200);
});

it('nothing of a PIN, an address or a person in any answer', () => {
  expect(find(secrets, answers)).toEqual([]);
});

it('nothing of it in a log line or metric, nor user or reason', () => {
  const text = logLines.join('');
  expect(find([...secrets, REASON, 'Kanarienmutter'], [{ where: 'log', text }])).toEqual([]);
  expect(text).not.toContain('"actor"');
});

it('user and reason are shown to staff and are in no execution', async () => {
  const decisions = answers.filter(({ text }) => text.includes('Kanarienmutter'));
  expect(new Set(decisions.map(({ where }) => where))).toEqual(
    new Set(['readPatient', 'listDecisions', 'actOnPatient']),
  );
  const { endpoints } = running.platform;
  for (const arn of Object.values(endpoints.stateMachines)) {
    const seen = await executionsSeen(running.sfn, arn);
    expect(find([...secrets, REASON, 'Kanarienmutter'], [{ where: 'executions', text: JSON.stringify(seen) }])).toEqual(
      [],
    );
  }
});

it('no live link, nor the hash by which it is known', () => {
  expect(tokens.length).toBeGreaterThan(20);
  const hashes = tokens.flatMap((token) =>
    (['hex', 'base64', 'base64url'] as const).map((encoding) => createHash('sha256').update(token).digest(encoding)),
  );
  expect(find([...tokens, ...hashes, '/pickup/'], answers)).toEqual([]);
  expect(find([...tokens, '/pickup/'], [{ where: 'log', text: logLines.join('') }])).toEqual([]);
});
