/** Whether a patient may have a PIN, read from the chart by other code than the product's, and since when. */
import type { Patient } from 'fhir/r4';
import type { Diary } from './diary.ts';
import type { History } from './histories.ts';

/** What is in the way of a new PIN. */
export type Obstacle = 'standing' | 'address' | 'provider';

/** From an instant on; null: nothing is in the way. */
export interface Piece {
  from: number;
  obstacle: Obstacle | null;
}

const PORTAL_STATUS = 'https://portal-pin.example/fhir/StructureDefinition/portal-status';
const UNDELIVERABLE = 'https://portal-pin.example/fhir/StructureDefinition/undeliverable';

/** The addresses that stand in the chart and could be written to, as a person reads them. */
export function addressesIn({ telecom = [] }: Patient): string[] {
  return telecom.flatMap(({ system, value = '', extension = [] }) => {
    const isMarked = extension.some(({ url, valueBoolean }) => url === UNDELIVERABLE && valueBoolean === true);
    return system === 'email' && /^\S+@\S+\.\S+$/.test(value) && !isMarked ? [value] : [];
  });
}

function obstacleOf(patient: Patient, at: number, refused: Diary['refused']): Obstacle | null {
  const status = patient.extension?.find(({ url }) => url === PORTAL_STATUS)?.valueCode;
  const isGone = patient.active === false || patient.deceasedBoolean === true || patient.link !== undefined;
  if (isGone || status === 'registered' || status === 'opted-out') return 'standing';
  const isOpen = (address: string) => (refused.get(address) ?? Number.POSITIVE_INFINITY) > at;
  if (!addressesIn(patient).some(isOpen)) return 'address';
  // The year's offices are all of primary care: one general practitioner settles it (P5).
  return patient.generalPractitioner?.length === 1 ? null : 'provider';
}

/** What was in the way, piece by piece, oldest first. */
export function piecesOf({ patient }: History, refused: Diary['refused']): Piece[] {
  const refusals = patient.flatMap(({ version }) => addressesIn(version).flatMap((each) => refused.get(each) ?? []));
  const times = [...new Set([...patient.map(({ at }) => at), ...refusals])].sort((a, b) => a - b);
  return times.map((from) => {
    const version = patient.findLast(({ at }) => at <= from)?.version;
    return { from, obstacle: version === undefined ? 'standing' : obstacleOf(version, from, refused) };
  });
}

export function obstacleAt(pieces: readonly Piece[], at: number): Obstacle | null {
  return pieces.findLast(({ from }) => from <= at)?.obstacle ?? null;
}

/** Since when nothing is in the way at `at`, and what was before; null when something is. */
export function freeSince(pieces: readonly Piece[], at: number): { from: number; was: Obstacle | null } | null {
  const past = pieces.filter(({ from }) => from <= at);
  const last = past.findLastIndex(({ obstacle }) => obstacle !== null);
  const first = past[last + 1];
  return first === undefined ? null : { from: first.from, was: past[last]?.obstacle ?? null };
}
