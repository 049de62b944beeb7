/** A list of executions that is as long as one says, made while it is read. */
import type { AnswerOf } from '../../../functions/admin/contract.ts';
import type { Called } from './scripted-api.ts';

/** As many as the API gives on a page unless it is told. */
export const PAGE = 50;

const START = Date.UTC(2026, 5, 15, 12);

/** Name of the n-th, newest first, n from 0. */
export function nameOf(n: number): string {
  return `${n.toString(16).padStart(8, '0').padEnd(40, '0')}-1`;
}

export function manyExecutions(total: number): (called: Called) => AnswerOf<'listExecutions'> {
  return ({ query }) => {
    const from = Number(query.get('cursor') ?? 0);
    const to = Math.min(total, from + Number(query.get('limit') ?? PAGE));
    const items = Array.from({ length: to - from }, (_, index) => {
      const n = from + index;
      const startedAt = new Date(START - n * 60_000).toISOString();
      return {
        name: nameOf(n),
        machine: 'regenerate-pin' as const,
        status: n % 97 === 0 ? ('FAILED' as const) : ('SUCCEEDED' as const),
        startedAt,
        stoppedAt: startedAt,
        patientId: null,
        outcome: null,
        reason: null,
      };
    });
    return { items, next: to === total ? null : String(to) };
  };
}
