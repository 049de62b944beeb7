/** What the chart's own versions say: when each PIN lived, and what stood in each patient's record at any time. */
import type { DocumentReference, Patient } from 'fhir/r4';
import type { Platform } from '../../../local/platform/platform.ts';
import { patientOf } from './lives.ts';

const PIN_LIFE_MS = 30 * 24 * 60 * 60 * 1000;
const OURS = 'https://portal-pin.example/fhir/NamingSystem/portal-pin-cycle';

/** A PIN as the chart has it; milliseconds. */
export interface ChartedPin {
  document: string;
  ours: boolean;
  /** Its signing instant, as written. */
  signedAt: number;
  expiresAt: number;
  /** From the version that was signed to the one that no longer is current. */
  valid: { from: number; to: number };
}

export interface History {
  id: string;
  /** By the time of each version. */
  patient: { at: number; version: Patient }[];
  /** In the order of signing. */
  pins: ChartedPin[];
  /** Mails that were sent: when, to where, and whether they came back. */
  mails: { at: number; to: string; cameBack: boolean }[];
}

/** @param cameBack ids of the mails that were never received */
export async function readHistories(
  { ehr, mailbox }: Pick<Platform, 'ehr' | 'mailbox'>,
  cameBack: ReadonlySet<string>,
  ids: readonly string[],
): Promise<History[]> {
  const mails = new Map<string, History['mails']>(ids.map((id) => [id, []]));
  for (const { messageId, sent } of mailbox.mails()) {
    const to = sent.destination[0] ?? '';
    // Its own field has whole seconds; the id has milliseconds.
    const at = Number.parseInt(messageId.slice(4, 16), 16);
    mails.get(patientOf(to))?.push({ at, to, cameBack: cameBack.has(messageId) });
  }
  const histories: History[] = [];
  for (const id of ids) {
    const versions = await ehr.history<Patient>('Patient', id);
    const documents = await ehr.search<DocumentReference & { id: string }>(
      `DocumentReference?patient=Patient/${id}&_count=1000`,
    );
    const pins = await Promise.all(
      documents.map(async (each) => pinOf(await ehr.history('DocumentReference', each.id))),
    );
    histories.push({
      id,
      patient: versions.map((version) => ({ at: timeOf(version), version })),
      pins: pins.flatMap((pin) => pin ?? []).sort((a, b) => a.valid.from - b.valid.from),
      mails: (mails.get(id) ?? []).sort((a, b) => a.at - b.at),
    });
  }
  return histories;
}

const timeOf = ({ meta }: Patient | DocumentReference) => Date.parse(meta?.lastUpdated ?? '');

/** Null for what was never signed: a draft, discarded or not. */
function pinOf(versions: readonly DocumentReference[]): ChartedPin | null {
  const isLive = ({ status, docStatus }: DocumentReference) => status === 'current' && docStatus === 'final';
  const first = versions.findIndex(isLive);
  const signed = versions[first];
  if (signed === undefined) return null;
  const later = versions.slice(first);
  const end = later.find((version) => !isLive(version));
  // Once dead it stays dead.
  const again = end === undefined ? undefined : later.slice(later.indexOf(end)).find(isLive);
  if (again !== undefined) throw new Error(`DocumentReference/${signed.id} came to life again`);
  const signedAt = Date.parse(signed.date ?? '');
  return {
    document: signed.id ?? '',
    ours: signed.identifier?.some(({ system }) => system === OURS) ?? false,
    signedAt,
    expiresAt: signedAt + PIN_LIFE_MS,
    valid: { from: timeOf(signed), to: end === undefined ? Number.POSITIVE_INFINITY : timeOf(end) },
  };
}

/** The version that stood in the chart at `at`. */
export function patientAt({ patient }: History, at: number): Patient | undefined {
  return patient.findLast((each) => each.at <= at)?.version;
}
