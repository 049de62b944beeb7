/** The demo practice's providers and locations. policy.json lists the first two offices; the third shows `defaultKind`. */
import type { FhirResource } from 'fhir/r4';
import { organization, practitioner, practitionerRole } from './chart-builders.ts';

export const PRIMARY_CARE = 'Organization/demo-org-1';
export const CARDIOLOGY = 'Organization/demo-org-2';
export const UNLISTED_OFFICE = 'Organization/demo-org-3';

export const FAMILY_DOCTORS = ['Practitioner/demo-prac-1', 'Practitioner/demo-prac-2'] as const;
export const RETIRED_DOCTOR = 'Practitioner/demo-prac-3';
export const CARDIOLOGISTS = ['Practitioner/demo-prac-4', 'Practitioner/demo-prac-5'] as const;
/** Roles of the first family doctor and of the first cardiologist. */
export const FAMILY_DOCTOR_ROLE = 'PractitionerRole/demo-role-1';
export const CARDIOLOGIST_ROLE = 'PractitionerRole/demo-role-2';

export function demoDirectory(): FhirResource[] {
  return [
    organization('demo-org-1', 'Riverside Family Practice'),
    organization('demo-org-2', 'Riverside Cardiology'),
    organization('demo-org-3', 'Riverside Travel Clinic'),
    practitioner('demo-prac-1', { given: 'Alice', family: 'Whitfield' }),
    practitioner('demo-prac-2', { given: 'Joaquín', family: 'Ibáñez' }),
    practitioner('demo-prac-3', { given: 'Walter', family: 'Brandt' }, false),
    practitioner('demo-prac-4', { given: 'Priya', family: 'Raman' }),
    practitioner('demo-prac-5', { given: 'Sören', family: 'Lindqvist' }),
    practitionerRole('demo-role-1', { practitioner: FAMILY_DOCTORS[0], organization: PRIMARY_CARE }),
    practitionerRole('demo-role-2', { practitioner: CARDIOLOGISTS[0], organization: CARDIOLOGY }),
  ];
}
