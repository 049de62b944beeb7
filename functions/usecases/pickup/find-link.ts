/** The link that a token opens, by the records and the clock. */
import type { Account } from '../../domain/case/account.ts';
import { isAnswered, type LinkState, linkStateOf, type PickupToken, tokenHash } from '../../domain/pickup/pickup.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PickupRecords } from '../../ports/pickup/pickup-records.ts';

export interface FindPorts {
  cases: CaseRecords;
  pickups: PickupRecords;
  clock: Clock;
}

/** A link with answers that are checked. */
export interface Link {
  token: PickupToken;
  account: Account;
  state: LinkState;
}

/** Why a token opens nothing, and its patient, if known. */
export interface NoLink {
  state: LinkState;
  patientId: string | null;
}

/** @param text what stands in the token's place, whatever it is. Throws AwsUnavailableError. */
export async function findLink({ cases, pickups, clock }: FindPorts, text: string): Promise<Link | NoLink> {
  const token = await pickups.readToken(tokenHash(text));
  const account = token === null ? null : await cases.read(token.patientId);
  const state = linkStateOf(token, account, clock.now());
  if (token === null || account === null || !isAnswered(state)) return { state, patientId: token?.patientId ?? null };
  return { token, account, state };
}
