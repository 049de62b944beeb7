/** Updates a case outside its execution; retries conflicts. */
import type { Account } from '../../domain/case/account.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';
import { racing } from './racing.ts';

/**
 * Saves what `change` makes of the account, as it stands by then; the saved account, or null where there is none or
 * `change` leaves it as it is. RecordConflictError after five lost races.
 */
export async function changeAccount(
  cases: CaseRecords,
  patientId: string,
  change: (account: Account) => Account | null,
): Promise<Account | null> {
  return racing('CHANGE_RACES_LOST', async () => {
    const account = await cases.read(patientId);
    const changed = account === null ? null : change(account);
    return changed === null ? null : cases.save(account, changed);
  });
}
