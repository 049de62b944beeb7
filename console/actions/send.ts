/** Sends a decision once, however often the button is pressed, and retries while the API does not answer. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { AnswerOf, OperationName } from '../../functions/admin/contract.ts';
import { type ApiError, passes } from '../api/client.ts';
import { useSurroundings } from '../api/context.tsx';

interface Order {
  parameters?: Record<string, string>;
  body: unknown;
}

/** With pauses of 1, 2, 4 and 8 seconds; then the person decides. */
const TRIES = 4;

interface Sending {
  send: (order: Order) => void;
  isSending: boolean;
  /** It is not answered, and tried again. */
  isRepeating: boolean;
  error: ApiError | null;
}

/**
 * The same order keeps its Idempotency-Key, so it can be sent again when its arrival is unknown.
 * @param done called once with the answer
 */
export function useSending<Name extends OperationName>(name: Name, done: (answer: AnswerOf<Name>) => void): Sending {
  const { api } = useSurroundings();
  const client = useQueryClient();
  const keys = useRef(new Map<string, string>());
  const isUnderWay = useRef(false);
  const mutation = useMutation<AnswerOf<Name>, ApiError, Order>({
    mutationFn: ({ parameters = {}, body }) => {
      const content = JSON.stringify([parameters, body]);
      const key = keys.current.get(content) ?? crypto.randomUUID();
      keys.current.set(content, key);
      return api.call(name, { parameters, body, key });
    },
    retry: (failures, error) => passes(error) && failures < TRIES,
    retryDelay: (failures, error) => Math.max(1_000 * 2 ** failures, (error.retryAfter ?? 0) * 1_000),
    onSuccess: async (answer) => {
      done(answer);
      await client.invalidateQueries();
    },
    onSettled: () => {
      isUnderWay.current = false;
    },
  });
  return {
    // Two clicks of one impatient finger come before React has drawn the first one's effect.
    send: (order) => {
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      mutation.mutate(order);
    },
    isSending: mutation.isPending,
    isRepeating: mutation.isPending && mutation.failureCount > 0,
    error: mutation.isPending ? null : mutation.error,
  };
}
