/** What the seed has in store for each patient, whatever the product does. */
import { between, type Chance, oneOf } from './chance.ts';

/**
 * What of P1 stands in the chart at first. `refused`: looks right, but SES refuses it; `bounces`: SES accepts it, but it
 * does not exist; `complains`: its owner calls it spam; `full`: the first mail comes back, the next does not.
 */
type FirstAddress =
  | 'good'
  | 'none'
  | 'malformed'
  | 'marked undeliverable'
  | 'refused'
  | 'bounces'
  | 'complains'
  | 'full';
type Leaving = 'dies' | 'opts out' | 'is merged' | 'becomes inactive';

export interface Life {
  id: string;
  n: number;
  /** The day of the first PIN, counted from the start of the year; below 0: it was there before. */
  firstPinDay: number;
  /** Days until the EHR tells of it. */
  toldAfter: number;
  firstAddress: FirstAddress;
  /** General practitioners at first; one settles the provider (P5). */
  doctors: 0 | 1 | 2;
  leaves: { day: number; how: Leaving } | null;
  /** After opting out: days until the patient wants the portal after all. */
  comesBackAfter: number | null;
  /** Days on which the patient lost the PIN and asks for a new one. */
  asksOn: number[];
  /** Days on which staff sign a PIN by hand, as they always did. */
  byHandOn: number[];
}

/** Addresses that SES will not take begin so; nothing in the address says it to the product. */
export const REFUSED = 'no-such-box.';
/** Addresses with a full mailbox at the first mail. */
export const FULL = 'full-box.';

const YEAR = 365;

export function lifeOf(chance: Chance, n: number): Life {
  const id = `year-${String(n).padStart(5, '0')}`;
  const ask = (what: string) => chance(what, n);
  const wasThere = ask('was there') < 0.35;
  const firstAddress = oneOf(ask('address'), {
    good: 77,
    none: 6,
    malformed: 2,
    'marked undeliverable': 3,
    refused: 3,
    bounces: 5,
    complains: 1,
    full: 3,
  });
  const leaves = oneOf(ask('leaves'), {
    stays: 80,
    dies: 4,
    'opts out': 8,
    'is merged': 4,
    'becomes inactive': 4,
  });
  const firstPinDay = wasThere ? -between(ask('age'), 1, 60) : between(ask('first PIN'), 0, YEAR - 20);
  const later = (what: string) => between(ask(what), Math.max(1, firstPinDay + 1), YEAR - 1);
  return {
    id,
    n,
    firstPinDay,
    toldAfter: ask('told late') < 0.1 ? between(ask('how late'), 1, 5) : 0,
    firstAddress,
    // One thing in the way at a time: what a case waits for is then what the EHR tells of.
    doctors: firstAddress !== 'good' || ask('doctors') < 0.94 ? 1 : ask('none') < 0.5 ? 0 : 2,
    leaves: leaves === 'stays' ? null : { day: later('leaving day'), how: leaves },
    comesBackAfter: ask('comes back') < 0.4 ? between(ask('when back'), 10, 60) : null,
    asksOn: ask('asks') < 0.05 ? [later('asking day')] : [],
    byHandOn: ask('by hand') < 0.06 ? [later('day by hand')] : [],
  };
}

export const laterAddress = (id: string): string => `new.${id}@example.com`;

/** Null: there is none, or nothing that could be one. */
export function firstAddressOf({ id, firstAddress }: Life): string | null {
  switch (firstAddress) {
    case 'none':
    case 'malformed':
      return null;
    case 'refused':
      return `${REFUSED}${id}@example.com`;
    case 'full':
      return `${FULL}${id}@example.com`;
    case 'bounces':
      return `bounce+${id}@simulator.amazonses.com`;
    case 'complains':
      return `complaint+${id}@simulator.amazonses.com`;
    default:
      return `${id}@example.com`;
  }
}

/** The patient with this address. */
export function patientOf(address: string): string {
  return /year-\d+/.exec(address)?.[0] ?? '';
}
