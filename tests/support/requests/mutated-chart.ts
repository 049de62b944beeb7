/** Charts with damage, as software that writes FHIR by hand leaves it. */
import fc from 'fast-check';

const EXTENDED = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};

/** What stands where something else belongs. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  '',
  ' ',
  'x',
  '(unreadable)',
  '0001-01-01T00:00:00+00:00',
  '9999-12-31T23:59:59.999999999Z',
  '1900-01-01',
  '2026-02-30',
  '2020-02-29T00:00:00',
  '+275760-09-13T00:00:00Z',
  'a@münchen.example',
  '"x"<evil@evil.example>,"y"@ok.example',
  'Practitioner/..',
  'https://other.example/fhir/Practitioner/x',
  '#contained',
  'urn:uuid:1',
  '\u0000\ud800',
  'x'.repeat(5_000),
  [],
  [null],
  [[]],
  [{}],
  {},
  EXTENDED,
  { reference: 7 },
  { reference: 'Practitioner/x/_history/2' },
  { coding: [null, { code: 7 }, 'x'] },
  { start: {}, end: [] },
];

type Json = Record<string, unknown>;

/** Every place of a JSON value: the object or array that holds it, and the key. */
function placesIn(value: unknown, found: [holder: Json, key: string][] = []): [Json, string][] {
  if (typeof value !== 'object' || value === null) return found;
  const holder = value as Json;
  for (const key of Object.keys(holder)) {
    found.push([holder, key]);
    placesIn(holder[key], found);
  }
  return found;
}

/** Damages the resource at the chosen place. */
function damage(resource: Json, { place, how, what }: Damage): void {
  const places = placesIn(resource).filter(([holder, key]) => !(holder === resource && key === 'resourceType'));
  const [holder, key] = places[place % places.length] ?? [];
  if (holder === undefined || key === undefined) return;
  const value = holder[key];
  const strange = structuredClone(STRANGE[what % STRANGE.length]);
  const put = (name: string, now: unknown): void => {
    holder[name] = now;
  };
  const ways: (() => void)[] = [
    () => put(key, strange),
    () => put(key, strange),
    () => delete holder[key],
    () => put(key, [value]),
    () => put(key, Array.isArray(value) ? value[0] : { value }),
    () => {
      delete holder[key];
      put(`_${key}`, structuredClone(EXTENDED));
    },
    () => put('modifierExtension', strange),
    () => put(key, Array.isArray(value) ? [strange, ...value] : value),
  ];
  ways[how % ways.length]?.();
}

export interface Damage {
  place: number;
  how: number;
  what: number;
}

const nat = fc.nat(1_000_000);
/** One to five damages of a chart of several resources, told by numbers so that a failure can be shrunk. */
export const damages = fc.array(fc.record({ resource: nat, place: nat, how: nat, what: nat }), {
  minLength: 1,
  maxLength: 5,
});

export function damaged<T extends object>(
  resources: readonly T[],
  all: readonly (Damage & { resource: number })[],
): T[] {
  const copy = structuredClone([...resources]);
  for (const each of all) {
    const resource = copy[each.resource % copy.length];
    if (resource !== undefined) damage(resource as Json, each);
  }
  return copy;
}
