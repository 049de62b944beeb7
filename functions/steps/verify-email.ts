/**
 * VerifyEmail (P1): reads the patient and says, as facts, whether the portal is for them and whether there is an
 * address to write to. The address itself stays in the EHR.
 */
import * as z from 'zod/mini';
import { patientFacts, stepInput } from '../domain/case/state-data.ts';
import { standingOf } from '../domain/chart/patient.ts';
import { PatientNotFoundError } from '../domain/errors.ts';
import type { CaseRecords } from '../ports/case/case-records.ts';
import type { Clock } from '../ports/clock.ts';
import type { FrontDesk } from '../ports/ehr/ehr.ts';
import type { Fingerprint } from '../ports/ehr/fingerprint.ts';
import { clock } from '../runtime/clock.ts';
import { frontDesk } from '../runtime/providers/chart.ts';
import { fingerprint, metrics, policy } from '../runtime/providers/practice.ts';
import { caseRecords } from '../runtime/providers/records.ts';
import { stepHandler } from '../runtime/step-handler.ts';
import { type EndPorts, endCase } from '../usecases/case/end-case.ts';
import { usableAddress } from '../usecases/email/usable-address.ts';

const input = z.strictObject(stepInput);

interface Ports {
  ehr: Pick<FrontDesk, 'readPatient'> & EndPorts['ehr'];
  cases: CaseRecords;
  fingerprint: Fingerprint;
  clock: Clock;
  metrics: EndPorts['metrics'];
  practice: EndPorts['practice'];
}

/** Throws PatientNotFoundError, after noting when to look for this patient again. */
export async function verifyEmail(
  ports: Ports,
  { execution, patientId }: z.infer<typeof input>,
): Promise<z.infer<typeof patientFacts>> {
  const account = await ports.cases.read(patientId);
  try {
    const patient = await ports.ehr.readPatient(patientId);
    const { verdict } = await usableAddress(ports.fingerprint, patient, account, ports.clock.now());
    return { standing: standingOf(patient), address: verdict };
  } catch (error) {
    const isOurs = account?.execution === execution && account.endedBy !== execution;
    if (error instanceof PatientNotFoundError && account !== null && isOurs) {
      await endCase(ports, account, { execution, outcome: 'FAILED', reason: error.name, staffTask: null });
    }
    throw error;
  }
}

export const handler = stepHandler({
  name: 'VerifyEmail',
  input,
  output: patientFacts,
  ports: { ehr: frontDesk, cases: caseRecords, fingerprint, clock, metrics, practice: policy },
  run: verifyEmail,
});
