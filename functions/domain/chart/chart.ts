/** The patient's PIN documents in the chart (P2, P3), and which one counts. */
import { readSigningInstant } from './expiry.ts';

export interface PinDocument {
  id: string;
  /** Signed (docStatus final or amended), or a draft waiting for End Update and Sign. */
  signed: boolean;
  /** The signing instant as written; null where the chart has none. */
  date: string | null;
  /** Our identifier for patient and cycle; null: made by hand. */
  cycleIdentifier: string | null;
  /** Id of the encounter with the PIN's form; null if the chart names none. */
  encounter: string | null;
  /** Id of the Organization that is its custodian, the location of care (P5); null if the chart names none. */
  location: string | null;
}

export interface NewestPin {
  id: string;
  signedAt: number;
  cycleIdentifier: string | null;
  encounter: string | null;
  location: string | null;
}

export interface Chart {
  newest: NewestPin | null;
  /** Signed documents without a usable date: the age of their PIN is unknown. */
  unclear: string[];
  /** Drafts with an identifier of ours. */
  drafts: PinDocument[];
}

/** Reads the patient's current PIN documents; `now` in milliseconds. Of two of the same instant the later listed counts. */
export function readChart(documents: readonly PinDocument[], now: number): Chart {
  let newest: NewestPin | null = null;
  const unclear: string[] = [];
  for (const document of documents.filter((each) => each.signed)) {
    const instant = readSigningInstant(document.date, now);
    if (instant === 'unclear') unclear.push(document.id);
    else if (newest === null || instant.signedAt >= newest.signedAt) {
      const { id, cycleIdentifier, encounter, location } = document;
      newest = { id, signedAt: instant.signedAt, cycleIdentifier, encounter, location };
    }
  }
  return { newest, unclear, drafts: documents.filter((each) => !each.signed && each.cycleIdentifier !== null) };
}

/** What must be the same before and after signing (P12), recorded before anything is signed. */
export interface Compared {
  /** Digests of the references, so that the record identifies no person. */
  generalPractitioner: string;
  careTeam: string;
  author: string;
  /** Draft orders of the chart that signing must leave alone (P11). */
  draftOrders: string[];
}

/** The signed document and its surroundings, as read back from the chart. */
export interface SignedFacts {
  signed: boolean;
  formCompleted: boolean;
  pinPresent: boolean;
  openRouting: number;
  /** Other signed and current PIN documents of the patient: an old PIN would still be valid. */
  otherLive: number;
  declinedResponsibility: boolean;
  generalPractitioner: string;
  careTeam: string;
  author: string;
  draftOrders: string[];
}

export const VIOLATIONS = [
  'FORM_NOT_COMPLETED',
  'ROUTED',
  'OLD_PIN_ALIVE',
  'RESPONSIBILITY_NOT_DECLINED',
  'RESPONSIBLE_PROVIDER_CHANGED',
  'AUTHOR_CHANGED',
  'CARE_TEAM_CHANGED',
  'OTHER_ORDERS_SIGNED',
] as const;
export type Violation = (typeof VIOLATIONS)[number];

/** Which of P10–P12 the signing violated; empty when none. */
export function violationsOf(before: Compared, after: SignedFacts): Violation[] {
  const broken: [boolean, Violation][] = [
    [!after.formCompleted || !after.pinPresent, 'FORM_NOT_COMPLETED'],
    [after.openRouting > 0, 'ROUTED'],
    [after.otherLive > 0, 'OLD_PIN_ALIVE'],
    [!after.declinedResponsibility, 'RESPONSIBILITY_NOT_DECLINED'],
    [after.generalPractitioner !== before.generalPractitioner, 'RESPONSIBLE_PROVIDER_CHANGED'],
    [after.author !== before.author, 'AUTHOR_CHANGED'],
    [after.careTeam !== before.careTeam, 'CARE_TEAM_CHANGED'],
    [before.draftOrders.some((order) => !after.draftOrders.includes(order)), 'OTHER_ORDERS_SIGNED'],
  ];
  return broken.flatMap(([isBroken, violation]) => (isBroken ? [violation] : []));
}
