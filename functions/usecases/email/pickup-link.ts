/** The link of one mail: an unguessable token; the records keep only its digest. */
import type { Account } from '../../domain/case/account.ts';
import { TOKEN_BYTES, tokenHash } from '../../domain/pickup/pickup.ts';
import type { PickupRecords } from '../../ports/pickup/pickup-records.ts';
import type { Random } from '../../ports/random.ts';

export interface LinkPorts {
  pickups: Pick<PickupRecords, 'putToken'>;
  random: Random;
  /** Base URL of the page, without a slash at its end. */
  pickupUrl: string;
}

/**
 * Makes the link for the account's newest PIN. It counts once the account names its digest, so one that was made for a
 * mail that never left opens nothing. Throws AwsUnavailableError.
 */
export async function makePickupLink(ports: LinkPorts, account: Account): Promise<{ link: string; hash: string }> {
  const token = Buffer.from(ports.random.bytes(TOKEN_BYTES)).toString('base64url');
  const hash = tokenHash(token);
  const { patientId, document, expiresAt } = account;
  await ports.pickups.putToken({ hash, patientId, document: document ?? '', expiresAt: expiresAt ?? '' });
  return { link: `${ports.pickupUrl}/${token}`, hash };
}
