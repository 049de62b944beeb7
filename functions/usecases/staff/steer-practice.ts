/** What a person decides about the practice as a whole: pause, resume, sweep now. Each is recorded with user and reason. */

import { DecisionRefusedError } from '../../domain/errors.ts';
import { addDays, dayOf } from '../../domain/time/calendar.ts';
import { toInstant } from '../../domain/time/instant.ts';
import type {
  PauseSwitch,
  PracticeDecision,
  PracticeDecisions,
  StartsPaused,
} from '../../ports/batch/practice-records.ts';
import type { SweepRecords } from '../../ports/batch/sweep-records.ts';
import type { Executions, SweepInput } from '../../ports/case/executions.ts';
import type { Clock } from '../../ports/clock.ts';

export interface SteerPorts {
  pauseSwitch: PauseSwitch;
  decisions: PracticeDecisions;
  clock: Clock;
}

export interface Steering {
  /** Of the decision: the same one when it is repeated. */
  id: string;
  actor: string;
  reason: string;
}

/** Records user, time and reason; `execution` of the started sweep. */
export async function recordSteering(
  { decisions, clock }: Pick<SteerPorts, 'decisions' | 'clock'>,
  action: PracticeDecision['action'],
  { id, actor, reason }: Steering,
  execution: string | null,
): Promise<void> {
  await decisions.put({ id, action, actor, reason, at: toInstant(clock.now()), execution });
}

/** Stops all starts at once; what runs goes to its end. */
export async function pauseStarts(ports: SteerPorts, steering: Steering): Promise<StartsPaused> {
  await recordSteering(ports, 'pause', steering, null);
  const { actor, reason } = steering;
  const paused = { actor, reason, at: toInstant(ports.clock.now()) };
  await ports.pauseSwitch.set(paused);
  return paused;
}

/** Ends the pause; the next sweep takes up what was left. */
export async function resumeStarts(ports: SteerPorts, steering: Steering): Promise<void> {
  await recordSteering(ports, 'resume', steering, null);
  await ports.pauseSwitch.set(null);
}

export interface StartSweepPorts extends SteerPorts {
  sweeps: Pick<SweepRecords, 'list'>;
  sweepExecutions: Executions<SweepInput>;
  practice: { timeZone: string };
}

/**
 * Starts a sweep, or a dry run, and answers with its day and execution; sent again, with the same one. Two people at
 * once get one sweep, since its name counts those before it. DecisionRefusedError, of no dry run: STARTS_PAUSED;
 * SWEEP_RUNNING beside another one, with which it would share the day's limit and double each other's looks.
 */
export async function startSweep(
  ports: StartSweepPorts,
  { dryRun, ...steering }: Steering & SweepInput,
): Promise<{ day: string; execution: string }> {
  const today = dayOf(ports.clock.now(), ports.practice.timeZone);
  const action = dryRun ? 'dry-run' : 'sweep';
  const decided = await executionDecided(ports, steering.id, action);
  if (decided !== null && (await ports.sweepExecutions.describe(decided)) !== null) {
    return { day: DAY.exec(decided)?.[0] ?? today, execution: decided };
  }
  if (!dryRun && (await ports.pauseSwitch.read()) !== null) throw new DecisionRefusedError('STARTS_PAUSED');
  if (!dryRun && (await isSweeping(ports, today))) throw new DecisionRefusedError('SWEEP_RUNNING');
  // Noted today and never started.
  const isNoted = decided?.includes(today) ?? false;
  const execution = decided !== null && isNoted ? decided : await nextName(ports, today, dryRun);
  if (!isNoted) await recordSteering(ports, action, steering, execution);
  await ports.sweepExecutions.start(execution, { dryRun });
  return { day: today, execution };
}

const DAY = /\d{4}-\d{2}-\d{2}/;
/** More decisions than a practice makes while one is repeated. */
const LATEST_DECISIONS = 50;
/** So long a request is the same one, as its sender was promised (OnceRecords). */
const REPEATED_MS = 24 * 60 * 60 * 1000;

/** What this very decision was noted to start in the last day, or null. */
async function executionDecided(
  { decisions, clock }: StartSweepPorts,
  id: string,
  action: PracticeDecision['action'],
): Promise<string | null> {
  const since = toInstant(clock.now() - REPEATED_MS);
  const latest = await decisions.list(null, LATEST_DECISIONS);
  const isThis = (each: PracticeDecision) => each.id === id && each.action === action && each.at >= since;
  return latest.decisions.find(isThis)?.execution ?? null;
}

/** The first name of the day with an unfinished execution: a sweep started a moment ago is that one. */
async function nextName({ sweepExecutions }: StartSweepPorts, today: string, dryRun: boolean): Promise<string> {
  const kind = dryRun ? 'dry-run' : 'by-hand';
  for (let n = 1; ; n++) {
    const name = `${kind}-${today}-${n}`;
    const known = await sweepExecutions.describe(name);
    if (known === null || known.status === 'RUNNING') return name;
  }
}

/** Yesterday's may still be at it: a sweep has 23 hours. */
async function isSweeping({ sweeps, sweepExecutions }: StartSweepPorts, today: string): Promise<boolean> {
  const runs = (await Promise.all([today, addDays(today, -1)].map((day) => sweeps.list(day)))).flat();
  for (const { execution } of runs.filter(({ dryRun, endedAt }) => !dryRun && endedAt === null)) {
    if ((await sweepExecutions.describe(execution))?.status === 'RUNNING') return true;
  }
  return false;
}
