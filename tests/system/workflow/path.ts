/** A way a case can take through the workflow, with the chart that leads there and the end it must come to. */
import type { FhirResource } from 'fhir/r4';
import type { FailingPractice } from '../../support/harness/failing-practice.ts';
import type { Failure } from '../../support/harness/failures.ts';
import type { Expected } from '../../support/harness/invariants.ts';
import type { OutsideCall } from '../../support/harness/outside-call.ts';

export interface Path {
  name: string;
  chart(patientId: string, now: number): FhirResource[];
  /** What happened on the day before the one that is watched. */
  yesterday?(practice: FailingPractice, patientId: string): Promise<void>;
  /** What happens between the two days. */
  overnight?(practice: FailingPractice, patientId: string): Promise<void>;
  /** What the world does by itself, day by day; 0 is the watched day. */
  today?(practice: FailingPractice, patientId: string, day: number): void;
  /** How many sweeps a failed day may need, 1 unless said. */
  laterDays?: number;
  /** What happens when all days are over. */
  afterwards?(practice: FailingPractice, patientId: string): Promise<unknown>;
  /** @param struck the call at which the failure happened, or null */
  expected(patientId: string, struck: OutsideCall | null): Expected;
  /** The tasks that the path must have gone through. */
  through: string[];
}

export const REGENERATED: Expected = {
  ending: { outcome: 'REGENERATED', reason: null },
  live: 'ours',
  mails: 1,
  staffTasks: [],
};

export const STOPS_AND_DIES: Failure = {
  name: 'takes effect, then the execution is stopped and its Lambda dies',
  strike: async ({ invocation, perform, stopExecution, drop }) => {
    await perform();
    await stopExecution();
    invocation.die('Runtime.ExitError');
    drop();
  },
};

export const isSigning = ({ step, label }: OutsideCall) =>
  step === 'SignDocument' && /transaction:.*PUT DocumentReference/.test(label);
export const isEndUpdate = ({ label }: OutsideCall) => label === 'EHR PUT Encounter/:id';

/** A first execution that stops at a call, which takes effect. */
export async function stopsAt(practice: FailingPractice, patientId: string, at: (call: OutsideCall) => boolean) {
  practice.journey(patientId).fail(at, STOPS_AND_DIES);
  await practice.run(patientId);
}

/** A draft with an ended update that stands in two Route-to lists. */
export const leavesRoutedDraft = (practice: FailingPractice, patientId: string) =>
  stopsAt(practice, patientId, isEndUpdate);
