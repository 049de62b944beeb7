/** Pages of cases: the index gives the patients, each record the current status. */
import type { Account } from '../../domain/case/account.ts';
import { workEntryOf } from '../../domain/case/work.ts';
import { RecordUnreadableError } from '../../domain/errors.ts';
import type { CaseLists, CasePage, WorkFilter } from '../../ports/case/case-lists.ts';
import type { CaseRecords } from '../../ports/case/case-records.ts';

export interface ListPorts {
  lists: CaseLists;
  cases: Pick<CaseRecords, 'read'>;
}

export interface Accounts {
  accounts: Account[];
  next: string | null;
}

/** Cases that need staff, oldest first. Cases resolved since the index was written are left out. */
export async function listWork(
  ports: ListPorts,
  filter: WorkFilter,
  after: string | null,
  limit: number,
): Promise<Accounts> {
  const { accounts, next } = await readPage(ports, await ports.lists.listWork(filter, after, limit));
  return { accounts: accounts.filter((account) => isWanted(account, filter)), next };
}

/** Patients by the day of their next look. */
export async function listLooks(
  ports: ListPorts,
  days: { from: string; to: string },
  after: string | null,
  limit: number,
): Promise<Accounts> {
  return readPage(ports, await ports.lists.listLooks(days.from, days.to, after, limit));
}

async function readPage({ cases }: ListPorts, { patientIds, next }: CasePage): Promise<Accounts> {
  const accounts = await Promise.all(patientIds.map((patientId) => readable(cases, patientId)));
  return { accounts: accounts.filter((account) => account !== null), next };
}

/** null where there is none, and where the stored item cannot be read: the other cases are listed without it. */
async function readable(cases: ListPorts['cases'], patientId: string): Promise<Account | null> {
  try {
    return await cases.read(patientId);
  } catch (error) {
    if (error instanceof RecordUnreadableError) return null;
    throw error;
  }
}

function isWanted(account: Account, { outcome, reason, todo, location }: WorkFilter): boolean {
  const entry = workEntryOf(account);
  return (
    entry !== null &&
    (outcome === null || entry.outcome === outcome) &&
    (reason === null || account.reason === reason) &&
    (todo === null || entry.todo === todo) &&
    (location === null || account.location === location)
  );
}
