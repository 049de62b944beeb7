import { callUntil } from '../../functions/runtime/call.ts';
import { clock } from '../../functions/runtime/clock.ts';
import { ehr } from '../../functions/runtime/providers/chart.ts';
import { executionReader, executions } from '../../functions/runtime/providers/executions.ts';
import { fingerprint, policy } from '../../functions/runtime/providers/practice.ts';
import {
  caseRecords,
  discoveries,
  dueCases,
  pauseSwitch,
  pickupRecords,
  pinReservations,
  sentMessages,
  staffRequests,
  sweepRecords,
  trackedPins,
} from '../../functions/runtime/providers/records.ts';

/**
 * The ports for code outside a Lambda, over the clients that the handlers use. Needs the environment that
 * `startPlatform` sets.
 * @param signal the deadline of every call; none but the program's end when missing
 */
export function outsidePorts(signal = new AbortController().signal) {
  const call = callUntil(signal);
  return {
    ehr: ehr(call),
    cases: caseRecords(call),
    dueCases: dueCases(call),
    pins: trackedPins(call),
    reservations: pinReservations(call),
    staffRequests: staffRequests(call),
    sentMessages: sentMessages(call),
    pickups: pickupRecords(call),
    executions: executions(call),
    reader: executionReader(call),
    pauseSwitch: pauseSwitch(call),
    sweeps: sweepRecords(call),
    discoveries: discoveries(call),
    fingerprint: fingerprint(call),
    clock: clock(),
    practice: policy(),
  };
}
