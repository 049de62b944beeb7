import { clock } from '../../functions/runtime/clock.ts';
import {
  discoveries,
  ehr,
  executionReader,
  executions,
  fingerprint,
  pauseSwitch,
  pickupRecords,
  pinRecords,
  policy,
  sweepRecords,
} from '../../functions/runtime/container.ts';

/**
 * The ports for what runs outside a Lambda, over the clients that the handlers use. Needs the environment that
 * `startPlatform` sets.
 * @param signal the deadline of every call; none but the program's end when missing
 */
export function outsidePorts(signal = new AbortController().signal) {
  const call = { signal };
  return {
    ehr: ehr(call),
    records: pinRecords(call),
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
