/** A practice of any size in which every patient is due, to measure with. */
import type { Bundle, FhirResource } from 'fhir/r4';
import { transactionOf } from '../load/practice.ts';
import { DAY } from './case.ts';
import { email, organization, patient, practitioner } from './chart-builders.ts';
import { PRIMARY_CARE } from './directory.ts';
import { resourcesOf, signedPinUpdate, syntheticPin } from './signed-pin-update.ts';

/** About 400 patients for each doctor of a practice of 10,000. */
const DOCTORS = 25;

/**
 * `count` patients of one primary-care office, each with one address, one general practitioner and a PIN by hand that is 31
 * days old at `now` (milliseconds): all end REGENERATED. First the providers, then one Bundle per patient, `bench-000001` on.
 */
export function largePractice(count: number, now: number): Bundle[] {
  const doctors = Array.from({ length: DOCTORS }, (_, index) => `bench-prac-${index + 1}`);
  const directory: FhirResource[] = [
    organization(PRIMARY_CARE.replace('Organization/', ''), 'Riverside Family Practice'),
    ...doctors.map((id, index) => practitioner(id, { given: 'Doctor', family: `Number ${index + 1}` })),
  ];
  const patients = Array.from({ length: count }, (_, index) => {
    const provider = `Practitioner/${doctors[index % DOCTORS]}`;
    return transactionOf(duePatient(index + 1, provider, now - 31 * DAY));
  });
  return [transactionOf(directory), ...patients];
}

function duePatient(n: number, provider: string, signedAt: number): FhirResource[] {
  const id = `bench-${String(n).padStart(6, '0')}`;
  const update = signedPinUpdate({ patient: id, pin: syntheticPin(n), signedAt, provider, location: PRIMARY_CARE });
  return [
    patient({
      id,
      name: { given: 'Patient', family: `Number ${n}` },
      telecom: [email(`patient.${n}@example.com`)],
      generalPractitioner: [provider],
      managingOrganization: PRIMARY_CARE,
    }),
    ...resourcesOf(update),
  ];
}
