/** The clock of one machine: moving it lets everything happen that has become due. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, exchange } from '../api/client.ts';
import { useSurroundings } from '../api/context.tsx';
import { useNotices } from '../shell/notices.tsx';
import { refusal } from './calls.ts';

/** A move answers when lapses, sweep and executions have ended. */
const MOVE_PATIENCE_MS = 600_000;

export function useClock(): { move: (duration: string) => void; isMoving: boolean } {
  const { site } = useSurroundings();
  const { tell } = useNotices();
  const client = useQueryClient();
  const { mutate, isPending } = useMutation<void, Error, string>({
    mutationKey: ['clock'],
    mutationFn: async (duration) => {
      const init = { method: 'POST', body: JSON.stringify({ advance: duration }) };
      const { status, body } = await exchange(site.local?.clock ?? '', init, MOVE_PATIENCE_MS);
      if (status !== 200) throw refusal(status, body);
    },
    onSuccess: () => {
      tell({
        type: 'success',
        header: 'Time has passed',
        content: 'PINs have lapsed, a sweep has run, and its executions have ended.',
      });
      return client.invalidateQueries();
    },
    onError: (error) =>
      tell({
        type: 'error',
        header: 'The clock was not moved',
        content: error instanceof ApiError ? error.message : String(error),
      }),
  });
  return {
    move: (duration) => {
      if (!isPending) mutate(duration);
    },
    isMoving: isPending,
  };
}
