/** Transitions of the case's message (P13, P14): owed, about to be sent, accepted, filed, refused, unknown, settled. */
import type { Account, Message } from './account.ts';
import { owedAnew } from './account.ts';

/**
 * About to be sent, with a link of its own.
 * @param pickupToken digest of the mail's link, which counts as soon as the mail may have left
 */
export function withMessageIntended(account: Account, message: Message, pickupToken: string): Account {
  return { ...account, message: { ...message, state: 'INTENDED' }, pickupToken };
}

/** Delivery is unknown: no run sends it again by itself. */
export function withMessageUnknown(account: Account, message: Message): Account {
  return { ...account, message: { ...message, state: 'UNKNOWN' } };
}

/** SES has accepted it; the chart does not hold it yet. */
export function withMessageAccepted(account: Account, message: Message, sesId: string): Account {
  return { ...account, message: { ...message, state: 'ACCEPTED', sesId, filed: false } };
}

/**
 * It was certainly not sent.
 * @param pickupToken of the earlier mail; its link counts again
 */
export function withMessageRefused(account: Account, message: Message, pickupToken: string | null): Account {
  return { ...account, message: { ...message, state: 'REFUSED' }, pickupToken };
}

/** The chart holds it, too. */
export function withMessageFiled(account: Account, message: Message): Account {
  return { ...account, message: { ...message, filed: true } };
}

/** An address that no mail is sent to any more, by its keyed digest; the same account where it is known already. */
export function withRejectedAddress(account: Account, digest: string): Account {
  const { rejectedAddresses } = account;
  if (rejectedAddresses.includes(digest)) return account;
  return { ...account, rejectedAddresses: [...rejectedAddresses, digest] };
}

/**
 * No address of the patient takes mail: if the mail about the current PIN was accepted, it does not count, and one is
 * owed to the address that will be entered. Otherwise the same account.
 */
export function withoutUsableAddress(account: Account, reason: string): Account {
  const { message, document } = account;
  const isTold = message?.state === 'ACCEPTED' && message.document === document;
  return reason === 'SUPPRESSED' && isTold ? { ...account, message: owedAnew(message) } : account;
}

/** A message that waits for another day, or was given up, is owed at once: there is another address, or a person asks. */
export function withMessageAtOnce(account: Account): Account {
  const { message } = account;
  const waits = message?.gaveUp === true || (message?.state === 'OWED' && message.notBefore !== undefined);
  return message !== null && waits ? { ...account, message: owedAnew(message) } : account;
}
