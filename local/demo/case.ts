/** One patient of the demo practice: what is in the chart, and how the workflow must end. */
import type { FhirResource } from 'fhir/r4';
import { cycleIdentifier } from '../../functions/domain/identity.ts';
import type { Ending } from '../../functions/domain/outcomes.ts';
import { email, type Name, type PatientOrder, patient } from './chart-builders.ts';
import { FAMILY_DOCTORS, PRIMARY_CARE } from './directory.ts';
import { pinDocumentId, resourcesOf, signedPinUpdate, syntheticPin } from './signed-pin-update.ts';

export const HOUR = 60 * 60 * 1000;
export const DAY = 24 * HOUR;

export interface Self {
  id: string;
  /** A unique address in the practice. */
  address: string;
  now: number;
}

interface PinOfCase {
  /** Milliseconds since it was signed; null: the document has no date. */
  age: number | null;
  /** Made by the service; else by hand. */
  ours?: boolean;
  /** PRIMARY_CARE by default, null for none. */
  location?: string | null;
}

export interface DemoCase {
  /** What is particular about this chart. */
  story: string;
  ending: Ending;
  /** What differs from an active patient of primary care with one doctor and one address. */
  patient?: (self: Self) => Partial<PatientOrder>;
  /** Oldest first. One by hand, 31 days old, by default. */
  pins?: PinOfCase[];
  /** Each document replaces the one before, unless false: then all are current. */
  chained?: boolean;
  others?: (self: Self) => FhirResource[];
}

const NAMES: Record<'en' | 'es', Name[]> = {
  en: [
    { given: 'Hannah', family: 'Okafor' },
    { given: 'Liam', family: "O'Rourke" },
    { given: 'Zoë', family: 'Marchetti' },
    { given: 'Thomas', family: 'Van Dyke' },
    { given: 'Renée', family: 'Dubois' },
    { given: 'Mei', family: 'Tanaka' },
    { given: 'Noah', family: 'Kowalski' },
  ],
  es: [
    { given: 'Lucía', family: 'Fernández Peña' },
    { given: 'José', family: 'Muñoz' },
    { given: 'Itziar', family: 'Echeverría' },
    { given: 'Ángel', family: 'Núñez' },
    { given: 'Inés', family: 'Agüero' },
  ],
};

/** The chart of the n-th case, n from 1; the same case, n and `now` give the same chart. */
export function chartOf(each: DemoCase, n: number, now: number): { id: string; resources: FhirResource[] } {
  const id = `demo-${String(n).padStart(3, '0')}`;
  // Every third patient reads Spanish.
  const language = n % 3 === 0 ? 'es' : 'en';
  const name = NAMES[language][n % NAMES[language].length] ?? { given: 'Robin', family: 'Hale' };
  const self: Self = { id, address: addressOf(name, n), now };
  const doctor = FAMILY_DOCTORS[n % 2] ?? FAMILY_DOCTORS[0];
  const person = patient({
    id,
    name,
    language,
    gender: n % 2 === 0 ? 'female' : 'male',
    birthDate: `${1938 + ((n * 17) % 66)}-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + ((n * 5) % 28)).padStart(2, '0')}`,
    recordNumber: String(704_100 + n * 37),
    telecom: [email(self.address, { use: 'home' })],
    generalPractitioner: [doctor],
    managingOrganization: PRIMARY_CARE,
    ...each.patient?.(self),
  });
  return { id, resources: [person, ...pinUpdates(each, id, n, doctor, now), ...(each.others?.(self) ?? [])] };
}

function addressOf({ given, family }: Name, n: number): string {
  const letters = `${given}.${family}`.normalize('NFD').replace(/[^A-Za-z.]/g, '');
  return `${letters.toLowerCase()}.${n}@example.com`;
}

function pinUpdates(each: DemoCase, id: string, n: number, provider: string, now: number): FhirResource[] {
  const pins = each.pins ?? [{ age: 31 * DAY }];
  const isChained = each.chained ?? true;
  return pins.flatMap(({ age, ours, location }, index) => {
    const previous = pinDocumentId(id, index);
    const update = signedPinUpdate({
      patient: id,
      // No patient of the demo has as many as ten.
      pin: syntheticPin(n * 10 + index),
      signedAt: age === null ? null : now - age,
      provider,
      location: location === undefined ? PRIMARY_CARE : location,
      sequence: index + 1,
      superseded: isChained && index < pins.length - 1,
      ...(ours && { ours: cycleIdentifier(id, previous) }),
      ...(isChained && index > 0 && { replaces: previous }),
    });
    return resourcesOf(update);
  });
}
