/**
 * Whether the time of an answer on the pick-up page tells right from wrong, or a link that is known from one that is not:
 * over HTTP, against the page that is deployed. run.ts starts it as a process of its own, since a process has one platform.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FhirResource } from 'fhir/r4';
import pMap from 'p-map';
import { ANSWER_LIMIT } from '../functions/domain/pickup/pickup.ts';
import { DAY } from '../local/demo/case.ts';
import { patient } from '../local/demo/chart-builders.ts';
import { resourcesOf, signedPinUpdate, syntheticPin } from '../local/demo/signed-pin-update.ts';
import { transactionOf } from '../local/load/practice.ts';
import { type Platform, startPlatform } from '../local/platform/platform.ts';
import { print, type Row } from './print.ts';
import { mean, welchT } from './welch.ts';

/** Of right and of wrong answers together. */
const TRIES = Number(process.env.BENCH_PICKUP_TRIES ?? 10_000);
/**
 * Share of the machine that answers may take. All of it, EHR and table too, is one thread here: where it is busy, answers
 * wait for each other, miss their beat and say so.
 */
const UTILISATION = 0.35;
/** Answers leave a second after they were asked for (functions/pickup/pickup-page.ts). */
const BEAT_MS = 1_000;
/** A fixed order, in which the kinds are mixed: what else the machine does strikes all of them. */
const SEED = 20_261_122;

/** Every kind of try. What locked or unknown links are asked costs less work than a wrong answer; the time may not say so. */
const KINDS = ['right', 'wrong', 'locked', 'unknown'] as const;
type Kind = (typeof KINDS)[number];

const BIRTH_DATE = '1957-03-29';
const RIGHT = 'month=3&day=29&year=1957';
const WRONG = 'month=3&day=28&year=1957';

/**
 * Right and wrong answers for each link: a wrong one is looked at only as long as there are answers left, and a right one
 * has one while it is under way, perhaps beside another.
 */
const OF_EACH = ANSWER_LIMIT - 2;

interface Try {
  kind: Kind;
  token: string;
}

async function pickupTiming(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-bench-'));
  const demo = JSON.parse(readFileSync(fileURLToPath(new URL('../local/demo/policy.json', import.meta.url)), 'utf8'));
  const policyFile = join(folder, 'policy.json');
  // All of them come from this machine.
  writeFileSync(policyFile, JSON.stringify({ ...demo, pickup: { askLastName: false, triesPerHour: 1_000_000 } }));
  const platform = await startPlatform({ port: 0, policyFile });
  try {
    await measure(platform);
  } finally {
    await platform.close();
    rmSync(folder, { recursive: true });
  }
}

async function measure(platform: Platform): Promise<void> {
  const { linkOf, work } = await import('./pickup-links.ts');
  const each = Math.ceil(TRIES / 2 / OF_EACH);
  await platform.ehr.load(Array.from({ length: each + 1 }, (_, n) => transactionOf(living(n, platform.clock.now()))));
  const tokens = await pMap(Array.from({ length: each + 1 }), (_, n) => linkOf(idOf(n)), { concurrency: 16 });
  const [locked = '', ...open] = tokens;
  for (let n = 0; n < ANSWER_LIMIT; n++) await work(locked, '1957-03-28');

  const tries = shuffled([
    ...open.flatMap((token) => Array.from({ length: OF_EACH }, () => ({ kind: 'right', token }) as const)),
    ...open.flatMap((token) => Array.from({ length: OF_EACH }, () => ({ kind: 'wrong', token }) as const)),
    ...Array.from({ length: TRIES / 20 }, () => ({ kind: 'locked', token: locked }) as const),
    ...Array.from({ length: TRIES / 20 }, (_, n) => ({ kind: 'unknown', token: `${n}`.padStart(43, 'x') }) as const),
  ]);
  const atOnce = await inFlight(open, work);
  const times = await timesOf(platform, tries, atOnce);
  const shown = (kind: Kind) => times[kind].length;
  const t = (a: Kind, b: Kind) => welchT(times[a], times[b]);
  const rows: Row[] = [
    ['right answers, wrong ones', shown('right') + shown('wrong'), `≥ ${0.99 * TRIES}`],
    [
      'answered 503: more than the machine could do',
      tries.length - KINDS.reduce((sum, kind) => sum + shown(kind), 0),
      '',
    ],
    ['under way at once', atOnce, ''],
    ['mean time of a right answer, ms', mean(times.right), ''],
    ['mean time of a wrong answer, ms', mean(times.wrong), ''],
    ...KINDS.map((kind): Row => [`${kind}: missed their first beat, %`, late(times[kind]), '']),
    ['Welch’s t, right and wrong answer', t('right', 'wrong'), '≤ 4.5'],
    ['Welch’s t, wrong answer and unknown link', t('wrong', 'unknown'), '≤ 4.5'],
    ['Welch’s t, wrong answer and locked link', t('wrong', 'locked'), '≤ 4.5'],
    ['the same of right answer and unknown link without the wait: the measure sees it', await unwaited(open, work), ''],
  ];
  print('The pick-up page: does its time tell?', rows);
}

/** Percentage of answers that took longer than a beat: if the kinds differ here, their means differ, and t shows it. */
function late(times: readonly number[]): number {
  return (100 * times.filter((milliseconds) => milliseconds > 1.5 * BEAT_MS).length) / times.length;
}

/** How many may be under way at once: as many a second as the machine does in that share of it, be it one. */
async function inFlight(
  open: readonly string[],
  work: (token: string, date: string) => Promise<void>,
): Promise<number> {
  const sample = open.slice(0, 60);
  const begun = performance.now();
  for (const token of sample) await work(token, BIRTH_DATE);
  const milliseconds = (performance.now() - begun) / sample.length;
  return Math.max(1, Math.min(64, Math.floor((UTILISATION * BEAT_MS) / milliseconds)));
}

/** What the beat hides: the work itself, a few hundred times each. */
async function unwaited(
  open: readonly string[],
  work: (token: string, date: string) => Promise<void>,
): Promise<number> {
  const timed = async (token: string) => {
    const begun = performance.now();
    await work(token, BIRTH_DATE);
    return performance.now() - begun;
  };
  const [right, unknown]: number[][] = [[], []];
  for (const [n, token] of open.slice(0, 300).entries()) {
    right?.push(await timed(token));
    unknown?.push(await timed(`${n}`.padStart(43, 'y')));
  }
  return welchT(right ?? [], unknown ?? []);
}

async function timesOf(platform: Platform, tries: readonly Try[], atOnce: number): Promise<Record<Kind, number[]>> {
  const times: Record<Kind, number[]> = { right: [], wrong: [], locked: [], unknown: [] };
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  await pMap(
    tries,
    async ({ kind, token }) => {
      const { milliseconds, status } = await post(
        agent,
        `${platform.endpoints.pickup}/${token}`,
        kind === 'right' ? RIGHT : WRONG,
      );
      // Too busy for it: told by a row of its own.
      if (status === 503) return;
      if (status !== (kind === 'right' ? 200 : 403)) throw new Error(`${kind}: answered ${status}`);
      times[kind].push(milliseconds);
    },
    { concurrency: atOnce },
  );
  agent.destroy();
  return times;
}

/** As a stranger sees it: from the request's last byte to the answer's last. */
function post(agent: Agent, url: string, body: string): Promise<{ milliseconds: number; status: number }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        resolve({ milliseconds: performance.now() - begun, status: response.statusCode ?? 0 });
      });
    });
    sent.on('error', reject);
    const begun = performance.now();
    sent.end(body);
  });
}

const idOf = (n: number) => `timing-${n}`;

/** A patient with a valid PIN. */
function living(n: number, now: number): FhirResource[] {
  const id = idOf(n);
  const pin = syntheticPin(n);
  const update = signedPinUpdate({
    patient: id,
    pin,
    signedAt: now - 5 * DAY,
    provider: 'Practitioner/p',
    location: null,
  });
  return [patient({ id, name: { given: 'Robin', family: 'Hale' }, birthDate: BIRTH_DATE }), ...resourcesOf(update)];
}

/** Fisher and Yates, by a generator of its own: the same order in every run. */
function shuffled<T>(values: T[]): T[] {
  let state = SEED;
  for (let last = values.length - 1; last > 0; last--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = Math.floor((state / 2_147_483_648) * (last + 1));
    const [a, b] = [values[last], values[other]];
    if (a !== undefined && b !== undefined) [values[last], values[other]] = [b, a];
  }
  return values;
}

await pickupTiming();
