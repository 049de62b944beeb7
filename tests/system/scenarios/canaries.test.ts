import { inspect } from 'node:util';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { QuestionnaireResponse, QuestionnaireResponseItem } from 'fhir/r4';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventOf, type Telling } from '../../../local/ses/ses-events.ts';
import { executionsSeen, type SeenExecution } from './aws-protocol.ts';
import {
  ADDRESS,
  canaryCharts,
  DISCOVERY_REQUESTS,
  duePatient,
  GOSSIP,
  PERSON,
  REQUESTS,
  TALKATIVE,
  talkInLinks,
} from './canary-practice.ts';
import { ENCODINGS, find, type Text } from './canary-search.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

const TELLINGS: readonly Telling[] = ['Delivery', 'Bounce', 'SoftBounce', 'AutomaticAnswer', 'Complaint', 'Reject'];

describe('the search', () => {
  const canary = PERSON[1] ?? '';
  it.each(Object.keys(ENCODINGS))('finds a canary that was planted %s', (encoding) => {
    for (const written of ENCODINGS[encoding]?.(canary) ?? []) {
      expect(find([canary], [{ where: 'planted', text: `{"of":"--${written}--"}` }])).not.toEqual([]);
    }
  });

  it.each([0, 1, 2, 3])('finds it in the base64 of a longer text, %i bytes from its start', (before) => {
    const longer = Buffer.from(`${'x'.repeat(before)}${canary} and more`);
    for (const encoding of ['base64', 'base64url'] as const) {
      const found = find([canary], [{ where: 'planted', text: longer.toString(encoding) }]);
      expect(found.map((each) => each.encoding)).toContain(encoding);
    }
  });

  it('finds it in JSON within JSON within JSON', () => {
    const quoted = 'the "Rear" Ö';
    const text = JSON.stringify(JSON.stringify(JSON.stringify({ quoted })));
    expect(find([quoted], [{ where: 'planted', text }])).not.toEqual([]);
  });

  it('finds it in capitals and in small letters, also in hex', () => {
    const hex = Buffer.from(canary).toString('hex');
    for (const text of [canary.toUpperCase(), canary.toLowerCase(), hex.toUpperCase()]) {
      expect(find([canary], [{ where: 'planted', text }])).not.toEqual([]);
    }
  });

  it('finds nothing where nothing is', () => {
    expect(find([canary], [{ where: 'elsewhere', text: 'P11: the document is signed' }])).toEqual([]);
  });
});

describe('a run over a practice of canaries', () => {
  let running: RunningPlatform;
  let seen: SeenExecution[];
  const logLines: string[] = [];
  const requests: Text[] = [];
  /** What comes out of the start of an execution, outside the steps. */
  const errors: Text[] = [];
  let pins: string[];
  let addresses: string[];
  let talkative = 0;
  let seenDiscoveries: SeenExecution[];
  let discovered = 0;
  let linksFollowed = () => 0;

  /** Reads the whole chart once, as the first connection does. */
  async function discover(): Promise<void> {
    discovered += 1;
    const stateMachineArn = running.platform.endpoints.stateMachines['discover-pins'];
    const command = new StartExecutionCommand({ stateMachineArn, input: '{}' });
    await running.ended((await running.sfn.send(command)).executionArn ?? '');
  }

  /** Once through everything that goes well, and once through everything that goes wrong. */
  beforeAll(async () => {
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((chunk) => logLines.push(String(chunk)) > 0);
    }
    running = await runPlatform({ logLevel: 'DEBUG', metrics: true });
    const { platform, take, track } = running;
    linksFollowed = talkInLinks(platform.ehr);
    platform.ehr.onRequest(({ phase, request: { method, url, headers } }) => {
      const text = `${method} ${url} ${JSON.stringify(headers)}`;
      if (phase === 'before') requests.push({ where: `request ${method}`, text });
    });
    const charts = canaryCharts(platform.clock.now());
    await platform.ehr.load(charts.map(({ bundle }) => bundle));
    await discover();
    await pMap(charts, ({ id }) => take(id), { concurrency: 8 });

    for (const fault of Object.values(TALKATIVE)) {
      for (const route of ['a page', 'a patient'] as const) {
        platform.ehr.fail({ ...DISCOVERY_REQUESTS[route], times: 100, fault });
        await platform.ehr.load([duePatient(700 + discovered, platform.clock.now()).bundle]);
        await discover();
        platform.ehr.clearFaults();
      }
    }
    await discover();
    const failing = async (arm: () => void) => {
      const { id, bundle } = duePatient(600 + talkative++, platform.clock.now());
      await platform.ehr.load([bundle]);
      await track(id);
      arm();
      await take(id);
      await track(`${id}-unknown`).catch((error) => errors.push({ where: 'start', text: inspect(error) }));
      platform.ehr.clearFaults();
      platform.mailbox.heal();
      // And again without the fault: what was left behind is taken up, and must not leak then either.
      await take(id);
    };
    for (const [at, request] of Object.values(REQUESTS).entries()) {
      // Every second pair in turn: each request meets three of the faults, each fault three requests at least.
      for (const [kind, fault] of Object.values(TALKATIVE).entries()) {
        if ((at + kind) % 2 === 0) await failing(() => platform.ehr.fail({ ...request, times: 100, fault }));
      }
    }
    const refusals = { MessageRejected: 400, InvalidParameterValue: 400, Throttling: 400, InternalFailure: 500 };
    for (const [code, status] of Object.entries(refusals)) {
      await failing(() => platform.mailbox.fail({ kind: 'status', code, status, message: GOSSIP, times: 100 }));
    }
    await failing(() => platform.ehr.fail({ fault: { kind: 'noAnswerToP12' } }));

    // What SES tells of a mail holds its address and headers; what is no event at all may hold anything.
    for (const [n, telling] of TELLINGS.entries()) {
      const { id, bundle } = duePatient(700 + n, platform.clock.now());
      await platform.ehr.load([bundle]);
      await take(id);
      const mail = platform.mailbox.mails().at(-1);
      const event = mail === undefined ? null : eventOf(mail, telling);
      if (event === null) throw new Error('no mail to tell of');
      platform.emailEvents.publish([event, { ...event, detail: { ...event.detail, [GOSSIP]: GOSSIP, mail: GOSSIP } }]);
      await platform.settled();
    }

    const forms = await platform.ehr.search<QuestionnaireResponse>('QuestionnaireResponse?_count=1000');
    pins = forms.flatMap(({ item = [] }) => item.flatMap((each) => (each.linkId === 'pin' ? pinIn(each) : [])));
    addresses = [ADDRESS, ...charts.flatMap(({ bundle }) => addressesIn(bundle))];
    seen = await executionsSeen(running.sfn, platform.endpoints.stateMachines['regenerate-pin'] ?? '');
    seenDiscoveries = await executionsSeen(running.sfn, platform.endpoints.stateMachines['discover-pins'] ?? '');
    vi.restoreAllMocks();
  }, 120_000);
  afterAll(() => running.close());

  const pinIn = ({ answer }: QuestionnaireResponseItem) => answer?.[0]?.valueString ?? [];
  const addressesIn = (bundle: unknown) => JSON.stringify(bundle).match(/[^"]+@[^"]+/g) ?? [];
  const secrets = () => [...PERSON, ...pins, ...addresses];
  const textOf = (where: string, value: unknown): Text => ({ where, text: JSON.stringify(value) });

  it('went through all of it: every outcome, every failure, old and new PINs', () => {
    const ends = new Set(seen.map(({ described }) => described.error ?? JSON.parse(described.output ?? '').outcome));
    const outcomes = ['REGENERATED', 'NOT_NEEDED', 'EMAIL_MISSING', 'HELD'];
    const ofEhr = ['EhrUnavailableError', 'EhrRejectedError', 'PostconditionViolatedError'];
    const ofMail = ['EmailRejectedError', 'EmailThrottledError', 'NotificationFateUnknownError'];
    expect([...ends].sort()).toEqual(expect.arrayContaining([...outcomes, ...ofEhr, ...ofMail]));
    expect(talkative).toBe((Object.keys(REQUESTS).length * Object.keys(TALKATIVE).length) / 2 + 5);
    expect(pins.length).toBeGreaterThan(80);
    expect(new Set(pins).size).toBe(pins.length);
    expect(addresses.length).toBeGreaterThan(40);
  });

  it('nothing in the executions: names, inputs, outputs, errors, causes, every event', () => {
    const texts = seen.map((each) => textOf(`execution ${each.listed.name}`, each));
    expect(texts.length).toBeGreaterThan(90);
    expect(find(secrets(), texts)).toEqual([]);
  });

  it('nothing in the discoveries, although page links hold patient data', () => {
    expect(seenDiscoveries).toHaveLength(discovered);
    expect(linksFollowed()).toBeGreaterThan(5);
    const ends = new Set(seenDiscoveries.map(({ described }) => described.error ?? described.status));
    expect([...ends].sort()).toEqual(['EhrRejectedError', 'EhrUnavailableError', 'SUCCEEDED']);
    const texts = seenDiscoveries.map((each) => textOf(`execution ${each.listed.name}`, each));
    expect(find(secrets(), texts)).toEqual([]);
  });

  it('nothing in the log lines of the steps, at level DEBUG', () => {
    const lines = logLines.join('').split('\n');
    expect(lines.filter((line) => line.includes('"step ended"')).length).toBeGreaterThan(300);
    expect(lines.filter((line) => line.includes('"step failed"')).length).toBeGreaterThan(50);
    expect(find(secrets(), [{ where: 'log', text: logLines.join('') }])).toEqual([]);
  });

  it('nothing in the metrics, in which each ended case is counted once', () => {
    const lines = logLines
      .join('')
      .split('\n')
      .filter((line) => line.includes('"_aws"'));
    const ends = lines.map((line) => JSON.parse(line)).filter((line) => 'Ended' in line);
    const counted = ends.map(({ outcome, reason }) => `${outcome}/${reason}`);
    // An execution that finds the lease held leaves the case to its holder; a failure may come before there is a case to end.
    const succeeded = seen.flatMap(({ described }) => (described.output ? [JSON.parse(described.output)] : []));
    const expected = succeeded.map(({ outcome, reason }) => `${outcome}/${reason ?? 'NONE'}`);
    expect(counted.filter((each) => !each.startsWith('FAILED')).sort()).toEqual(expected.sort());
    expect(new Set(counted)).toContain('FAILED/EhrRejectedError');
    expect(lines.filter((line) => line.includes('SecondsToAccess')).length).toBeGreaterThan(10);
    expect(lines.filter((line) => line.includes('UnresolvedSeconds')).length).toBeGreaterThan(30);
    expect(lines.filter((line) => line.includes('"EmailFeedback"')).length).toBe(TELLINGS.length);
    // Patients are demo-001 and so on; locations of the practice's own list are dimensions.
    expect(find([...secrets(), 'demo-0'], [{ where: 'metrics', text: lines.join('\n') }])).toEqual([]);
  });

  it('went through what SES tells of mails, and refused what is no event', () => {
    const lines = logLines.join('').split('\n');
    const told = lines.filter((line) => line.includes('"EmailFeedback"') && line.includes('"step"'));
    expect(told.filter((line) => line.includes('"step ended"'))).toHaveLength(TELLINGS.length);
    expect(new Set(told.flatMap((line) => JSON.parse(line).error ?? []))).toEqual(new Set(['StepContractError']));
    expect(running.platform.emailEvents.deadLetters).toHaveLength(TELLINGS.length);
  });

  it('nothing in the errors that leave the start of an execution', () => {
    expect(errors.length).toBe(3);
    expect(find(secrets(), errors)).toEqual([]);
  });

  it('nothing in the table', async () => {
    const items = await running.items();
    expect(items.length).toBeGreaterThan(100);
    expect(
      find(
        secrets(),
        items.map((item) => textOf(`item ${item.pk} ${item.sk}`, item)),
      ),
    ).toEqual([]);
  });

  it('nothing in the URLs and headers that the EHR and its proxies log', () => {
    expect(requests.length).toBeGreaterThan(1000);
    expect(find(secrets(), requests)).toEqual([]);
  });

  it('nothing in the mails but the address on the envelope, and that is the patient’s own', () => {
    const mails = running.platform.mailbox.mails();
    expect(mails.length).toBeGreaterThan(20);
    const opened = mails.map(({ destination: _destination, sent, ...mail }) => {
      expect(sent.destination).toHaveLength(1);
      expect(addresses).toContain(sent.destination[0]);
      return textOf('mail', { ...mail, ...sent, destination: null });
    });
    expect(find(secrets(), opened)).toEqual([]);
  });
});
