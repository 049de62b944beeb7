/**
 * Takes one path once without a failure and notes every outside call; then once more for each call and each way in
 * which it can fail. A call that is added tomorrow is failed tomorrow, without further work.
 */
import pMap from 'p-map';
import { type PatientState, stateOf } from '../../support/harness/chart-state.ts';
import type { FailingPractice } from '../../support/harness/failing-practice.ts';
import type { Failure } from '../../support/harness/failures.ts';
import { brokenInvariants } from '../../support/harness/invariants.ts';
import type { OutsideCall } from '../../support/harness/outside-call.ts';
import type { Path } from './path.ts';

/** Patients under way at once: enough to fill the pauses, few enough for the connections of the SDK. */
const AT_ONCE = 24;

const NOT_EXPIRED = { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' } as const;

interface Trial {
  patientId: string;
  call: OutsideCall;
  failure: Failure;
}

export interface Proof {
  calls: OutsideCall[];
  trials: number;
  /** One line for each trial that ended otherwise than it must. */
  broken: string[];
}

/**
 * The proof for one path; it holds when nothing is `broken`.
 * @param first number of the first patient; each trial has its own
 * @param share every how many-th trial is run, 1 for all; a failure of each kind and each call still gets its turn
 */
export async function prove(
  practice: FailingPractice,
  path: Path,
  failures: readonly Failure[],
  first: number,
  share: number,
): Promise<Proof> {
  const nameOf = (n: number) => `journey-${first + n}`;
  const calm = nameOf(0);
  await inPath(practice, path, [calm], () => undefined);
  const calls = practice.journey(calm).recorded;
  const steps = new Set(calls.map(({ step }) => step));
  const unseen = path.through.filter((step) => !steps.has(step));
  const trials = trialsOf(calls, failures, share).map((trial, n) => ({ ...trial, patientId: nameOf(n + 1) }));
  await inPath(
    practice,
    path,
    trials.map(({ patientId }) => patientId),
    (patientId) => {
      const trial = trials.find((each) => each.patientId === patientId);
      if (trial) practice.journey(patientId).fail(({ index }) => index === trial.call.index, trial.failure);
    },
  );
  const brokenOf = async (trial: { patientId: string } & Partial<Trial>) => {
    const state = await stateOf(practice, trial.patientId);
    const { recorded, hits, struck } = practice.journey(trial.patientId);
    const unknowable = isUnknowable(calls, trial.call) || hits.some((hit) => isUnknowable(recorded, hit));
    const found = brokenInvariants(state, expectedOf(path, trial, state), unknowable);
    if (trial.call !== undefined && struck?.label !== trial.call.label) found.push(`struck ${struck?.label} instead`);
    return found.length === 0 ? [] : [`${toText(trial)}: ${found.join('; ')}${stateText(state)}`];
  };
  const broken = await pMap(
    [{ patientId: calm }, ...trials],
    async (trial: { patientId: string } & Partial<Trial>) => {
      const found = await brokenOf(trial);
      if (found.length === 0 || !trial.failure?.redrives) return found;
      // What a step writes after its execution was stopped and another one is over, the next execution takes back.
      await practice.run(trial.patientId, 'person');
      return brokenOf(trial);
    },
    { concurrency: AT_ONCE },
  );
  const unseenLines = unseen.map((step) => `the path without a failure never came to ${step}`);
  return { calls, trials: trials.length, broken: [...unseenLines, ...broken.flat()] };
}

function trialsOf(calls: OutsideCall[], failures: readonly Failure[], share: number): Omit<Trial, 'patientId'>[] {
  return calls.flatMap((call, row) =>
    failures
      .filter((failure) => failure.appliesTo?.(call) ?? true)
      // Along the diagonals, so that each call and each failure has its turn.
      .filter((_failure, column) => (row + column) % share === 0)
      .map((failure) => ({ call, failure })),
  );
}

/** Takes patients through the path: yesterday, the watched day, and the days on which the sweep comes again. */
async function inPath(
  practice: FailingPractice,
  path: Path,
  patientIds: string[],
  prepare: (patientId: string) => void,
): Promise<void> {
  const { platform } = practice;
  const each = (work: (patientId: string) => unknown) => pMap(patientIds, work, { concurrency: AT_ONCE });
  await practice.admit(patientIds.map((patientId) => path.chart(patientId, platform.clock.now())));
  for (const patientId of patientIds) practice.journey(patientId);
  if (path.yesterday) {
    await each((patientId) => path.yesterday?.(practice, patientId));
    await practice.nextDay();
  }
  await each((patientId) => path.overnight?.(practice, patientId));
  // The next day's sweep finds what a failed day left, and mends it.
  for (let day = 0; day <= (path.laterDays ?? 1); day++) {
    for (const patientId of patientIds) {
      path.today?.(practice, patientId, day);
      if (day > 0) continue;
      prepare(patientId);
      practice.journey(patientId).record();
    }
    // A webhook starts the watched day; the sweep, which asks the index, the days after it.
    const due = day === 0 ? new Set(patientIds) : await practice.due();
    await each(async (patientId) => {
      // Only the EHR knows a patient without a record: its webhook is delivered again.
      const isKnown = (await practice.ports.cases.read(patientId)) !== null;
      if (due.has(patientId) || !isKnown) await practice.run(patientId);
    });
    await practice.nextDay();
  }
  await each((patientId) => path.afterwards?.(practice, patientId));
}

/** Retrying a case that was already over reports that the new PIN has not expired. */
function expectedOf(
  path: Path,
  { patientId, call, failure }: { patientId: string } & Partial<Trial>,
  state: PatientState,
) {
  const expected = path.expected(patientId, call ?? null);
  const isOver = expected.ending.outcome === 'REGENERATED' && state.account?.message?.state === 'ACCEPTED';
  const isRedriven = failure?.redrives === true && state.account?.outcome === 'NOT_NEEDED';
  return isOver && isRedriven ? { ...expected, ending: NOT_EXPIRED } : expected;
}

/**
 * Between the record's "about to be sent" and "accepted", both included, delivery is unknown: the four
 * calls after the one that makes the mail's link. A failure that lasts may come there in a later run of the step only,
 * because those make other calls.
 */
function isUnknowable(calls: OutsideCall[], call: OutsideCall | undefined): boolean {
  const at = calls.findIndex(({ index }) => index === call?.index);
  const link = calls.findLastIndex(({ label }, index) => label === 'DynamoDB PutItem PICKUP' && index < at);
  return link >= 0 && at <= link + 4;
}

function toText({ call, failure }: Partial<Trial>): string {
  return call === undefined ? 'without a failure' : `${call.index} ${call.step} "${call.label}" ${failure?.name}`;
}

function stateText({ account, mails, openStaffTasks }: Awaited<ReturnType<typeof stateOf>>): string {
  const { outcome, reason, failures, message, attempt, nextCheckDay } = account ?? {};
  return `\n      ${JSON.stringify({ outcome, reason, failures, message: message?.state, attempt, nextCheckDay, mails, openStaffTasks })}`;
}

/** The calls of a path, a line for each step. */
export function tableOf(calls: OutsideCall[]): string {
  const steps = [...new Set(calls.map(({ step }) => step))];
  const labelsOf = (step: string) => calls.filter((call) => call.step === step).map(({ label }) => label);
  return steps.map((step) => `  ${step}: ${labelsOf(step).join(' | ')}`).join('\n');
}
