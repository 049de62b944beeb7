/** Verifies and records a signed document of ours; used by the step that finds it signed first. */

import type { Account, Draft } from '../../domain/case/account.ts';
import { withSigned } from '../../domain/case/signing.ts';
import { violationsOf } from '../../domain/chart/chart.ts';
import { lifeOf, readSigningInstant } from '../../domain/chart/expiry.ts';
import { EhrUnavailableError } from '../../domain/errors.ts';
import { cycleIdentifier } from '../../domain/identity.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { TrackedPins } from '../../ports/case/tracked-pins.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ehr } from '../../ports/ehr/ehr.ts';
import type { Fingerprint } from '../../ports/ehr/fingerprint.ts';
import type { Metrics } from '../../ports/metrics.ts';

export interface CompletePorts {
  ehr: Ehr;
  cases: CaseRecords;
  pins: TrackedPins;
  fingerprint: Fingerprint;
  clock: Clock;
  metrics: Metrics;
}

/**
 * Reads back what P10–P12 demand (`violationsOf`), stores the PIN item and saves the account with the message owed and
 * the violations found, and counts it. Idempotent by document id, with the chart's signing instant: TTL = signing instant + 30 days.
 * Throws EhrUnavailableError (retried) when the chart does not show the signing yet.
 */
export async function completeSigned(ports: CompletePorts, account: Account, draft: Draft): Promise<Account> {
  const { patientId } = account;
  const identifier = cycleIdentifier(patientId, draft.cycle);
  const reading = await ports.ehr.readSigned(patientId, draft.document, identifier);
  const instant = readSigningInstant(reading.date, ports.clock.now());
  if (!reading.signed || instant === 'unclear') throw new EhrUnavailableError('SIGNING_NOT_VISIBLE');
  const fingerprint = reading.pin === null ? '' : await ports.fingerprint.of(reading.pin);
  const life = lifeOf(instant.signedAt);
  await ports.pins.put({ patientId, document: draft.document, fingerprint, ...life });
  const violations = violationsOf(draft.compared, reading);
  const { location } = reading;
  const signing = { document: draft.document, signedAt: instant.signedAt, location };
  const saved = await ports.cases.save(account, withSigned(account, signing, violations));
  ports.metrics.issued(location);
  return saved;
}
