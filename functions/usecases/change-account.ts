/** A change of a record by somebody who works on no case: who works on one may save between the reading and the saving. */
import type { Account } from '../domain/account.ts';
import { RecordConflictError } from '../domain/errors.ts';
import type { PinRecords } from '../ports/pin-records.ts';

/** As in `start`: more than five winners in a row is no race. */
const RACES = 5;

/**
 * Saves what `change` makes of the account, as it stands by then; the saved account, or null where there is none or
 * `change` leaves it as it is. RecordConflictError after five lost races.
 */
export async function changeAccount(
  records: PinRecords,
  patientId: string,
  change: (account: Account) => Account | null,
): Promise<Account | null> {
  for (let race = 0; race < RACES; race++) {
    const account = await records.read(patientId);
    const changed = account === null ? null : change(account);
    if (changed === null) return null;
    try {
      return await records.save(account, changed);
    } catch (error) {
      if (!(error instanceof RecordConflictError)) throw error;
    }
  }
  throw new RecordConflictError('CHANGE_RACES_LOST');
}
