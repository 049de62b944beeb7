/** Concurrent conditional writes: the loser reads again. */
import { RecordConflictError } from '../../domain/errors.ts';

/** A loser of a race reads again and finds the winner; more than five winners in a row is no race. */
export const RACES = 5;

/** Does `work`, again where it lost a race; RecordConflictError `code` (retried) after five lost ones. */
export async function racing<T>(code: string, work: () => Promise<T>): Promise<T> {
  for (let race = 0; race < RACES; race++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RecordConflictError)) throw error;
    }
  }
  throw new RecordConflictError(code);
}
