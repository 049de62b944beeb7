/** A year of a practice on the virtual clock: whatever happens, no patient is forgotten and none gets too many mails. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { piecesOf } from '../year/eligibility.ts';
import type { Case, Rules } from '../year/expectations.ts';
import { readHistories } from '../year/histories.ts';
import { mailsMissing, mailsTooMany, pinsTooMany, withoutPin } from '../year/oracle.ts';
import { playYear, type Year } from '../year/year.ts';

const IS_FULL = process.env.PROVE === 'full';
const PATIENTS = Number(process.env.YEAR_PATIENTS ?? (IS_FULL ? 2_000 : 40));
const DAYS = Number(process.env.YEAR_DAYS ?? 365);
/** Another year: `YEAR_SEED=7 npm test -- tests/system/workflow/practice-year.test.ts`. */
const SEED = Number(process.env.YEAR_SEED ?? 20_350_101);

let year: Year;
let cases: Case[];
let rules: Rules;

beforeAll(async () => {
  const begun = performance.now();
  year = await playYear({ seed: SEED, firstDay: '2035-01-01', patients: PATIENTS, days: DAYS });
  const { platform, diary, policy } = year.practice;
  rules = policy;
  const ids = year.lives.map(({ id }) => id);
  const histories = await readHistories(platform, diary.cameBack, ids);
  cases = histories.map((history, index) => {
    const life = year.lives[index];
    if (life?.id !== history.id) throw new Error('the histories are out of order');
    return { history, life, pieces: piecesOf(history, diary.refused) };
  });
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(
    `A year of ${PATIENTS} patients, seed ${SEED}, ${DAYS} days in ${seconds} s, CPU ${Math.round(process.cpuUsage().user / 1e6)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
  );
}, 1_800_000);
afterAll(() => year.practice.platform.close());

const all = (check: typeof withoutPin) => cases.flatMap((each) => check(each, year.practice.diary, rules));

it('no eligible patient is without a valid PIN for longer than to the next sweep', () => {
  expect(all(withoutPin)).toEqual([]);
});

it('no patient ever had two live PINs, or a new one too early', () => {
  expect(all(pinsTooMany)).toEqual([]);
});

it('every patient got the mails of the policy, and no more', () => {
  expect(all(mailsTooMany)).toEqual([]);
  expect(all(mailsMissing)).toEqual([]);
});

it('each day’s report adds up', () => {
  expect(year.brokenDays).toEqual([]);
});
