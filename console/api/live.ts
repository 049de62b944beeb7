/** Answers that stay current: polled while the page is visible, less often the longer the API does not answer. */
import {
  keepPreviousData,
  QueryClient,
  type QueryKey,
  type UseQueryOptions,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import { type ApiError, passes } from './client.ts';

/** Something runs: as often as a person notices. */
export const BUSY_MS = 1_500;
/** Nothing runs: a colleague, a webhook or the sweep may change it. */
export const CALM_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // On one machine the browser may well be offline.
        networkMode: 'always',
        // Asking again is `useLive`'s, at one pace for everything.
        retry: false,
        staleTime: 1_000,
        refetchOnWindowFocus: true,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

/** Milliseconds until a failed question is asked again: half of the time that it has not been answered. */
export function retryAfter(failedAt: number, answeredAt: number, failures: number): number {
  const waited = answeredAt === 0 ? FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 6) : (failedAt - answeredAt) / 2;
  return Math.min(LAST_RETRY_MS, Math.max(FIRST_RETRY_MS, waited));
}

type Every<Data> = number | ((data: Data | undefined) => number);

/**
 * Calls `ask` every `every` milliseconds (0: once), also after a temporary failure; not while the page is hidden.
 */
export function useLive<Data>(
  key: QueryKey,
  ask: (signal: AbortSignal) => Promise<Data>,
  every: Every<Data> = CALM_MS,
): UseQueryResult<Data, ApiError> {
  return useQuery<Data, ApiError>(asked(key, ask, every));
}

/** The same for a list: while another page or another filter is read, the rows before stay. Never for one thing: it would stand under another's name. */
export function useLiveList<Data>(
  key: QueryKey,
  ask: (signal: AbortSignal) => Promise<Data>,
  every: Every<Data> = CALM_MS,
): UseQueryResult<Data, ApiError> {
  return useQuery<Data, ApiError>({ ...asked(key, ask, every), placeholderData: keepPreviousData });
}

function asked<Data>(
  key: QueryKey,
  ask: (signal: AbortSignal) => Promise<Data>,
  every: Every<Data>,
): UseQueryOptions<Data, ApiError> {
  return {
    queryKey: key,
    queryFn: ({ signal }) => ask(signal),
    refetchInterval: ({ state }) => {
      if (state.status === 'error' || state.fetchFailureCount > 0) {
        return passes(state.error)
          ? retryAfter(state.errorUpdatedAt, state.dataUpdatedAt, state.errorUpdateCount)
          : false;
      }
      const interval = typeof every === 'function' ? every(state.data) : every;
      return interval > 0 ? interval : false;
    },
  };
}
