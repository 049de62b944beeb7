/** Whether the API answers, told from all that is asked at the moment. */
import { type QueryCache, useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { ApiError, passes } from '../api/client.ts';

/** DOWN: the latest answers are missing; SIGNED_OUT: the session has ended. */
export type Health = 'WELL' | 'DOWN' | 'SIGNED_OUT';

export function useHealth(): Health {
  const cache = useQueryClient().getQueryCache();
  const subscribe = useCallback((changed: () => void) => cache.subscribe(changed), [cache]);
  return useSyncExternalStore(subscribe, () => healthOf(cache));
}

function healthOf(cache: QueryCache): Health {
  const errors = cache
    .getAll()
    .filter((query) => query.isActive())
    .flatMap(({ state }) => state.error ?? state.fetchFailureReason ?? []);
  if (errors.some((error) => error instanceof ApiError && error.code === 'not-signed-in')) return 'SIGNED_OUT';
  return errors.some(passes) ? 'DOWN' : 'WELL';
}
