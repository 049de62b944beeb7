/** The admin API of a running platform, asked over HTTP; every answer is held to the contract on its way. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { type AdminProblem, problemDocument } from '../../../functions/admin/contract/problems.ts';
import {
  type AnswerOf,
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  OPERATIONS,
  type Operation,
  type OperationName,
  QUERY_PROBLEMS,
} from '../../../functions/admin/contract.ts';

export interface Ask {
  parameters?: Record<string, string>;
  query?: Record<string, string | number>;
  body?: unknown;
  /** Idempotency-Key; a fresh one unless told. */
  key?: string;
}

export type Problem = z.infer<typeof problemDocument> & { name: string };

export interface Api {
  /** Which operations were asked so far. */
  readonly asked: ReadonlySet<OperationName>;
  /** The answer of an operation; a problem throws. */
  ask<Name extends OperationName>(name: Name, ask?: Ask): Promise<AnswerOf<Name>>;
  /** The problem of one that is refused; an answer throws. */
  refused(name: OperationName, ask?: Ask): Promise<Problem>;
  /** Every page of a list. */
  all<Name extends OperationName>(name: Name, ask?: Ask): Promise<Item<Name>[]>;
}

type Item<Name extends OperationName> = AnswerOf<Name> extends { items: (infer Each)[] } ? Each : never;

export function apiAt(url: string): Api {
  const seen = new Set<OperationName>();
  async function send(name: OperationName, { parameters = {}, query = {}, body, key = randomUUID() }: Ask) {
    const { method, path } = OPERATIONS[name];
    seen.add(name);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_brace, parameter: string) => parameters[parameter] ?? '');
    const search = new URLSearchParams(
      Object.entries(query).map(([each, value]): [string, string] => [each, String(value)]),
    );
    const asked = `${filled.slice('/api'.length)}${search.size > 0 ? `?${search}` : ''}`;
    const sent = {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    };
    return fetch(`${url}${asked}`, method === 'POST' ? sent : {});
  }

  const ask: Api['ask'] = async (name, asked = {}) => {
    const response = await send(name, asked);
    const body = await response.json();
    const { status, answer } = OPERATIONS[name];
    if (response.status !== status) throw new Error(`${name}: ${response.status} ${JSON.stringify(body)}`);
    // Strict: what the contract does not name is refused.
    return z.parse(answer, body) as Awaited<ReturnType<typeof ask<typeof name>>>;
  };

  return {
    asked: seen,
    ask,
    async refused(name, asked = {}) {
      const response = await send(name, asked);
      const document = z.parse(problemDocument, await response.json());
      const problem = document.type.split('/').at(-1) ?? '';
      if (response.headers.get('content-type') !== 'application/problem+json') throw new Error('no problem document');
      if (response.status !== document.status) throw new Error(`${response.status} is no ${document.status}`);
      const operation: Operation = OPERATIONS[name];
      const told: readonly AdminProblem[] = [
        ...COMMON_PROBLEMS,
        ...QUERY_PROBLEMS,
        ...(operation.body === undefined ? [] : BODY_PROBLEMS),
        ...operation.problems,
      ];
      if (!told.some((each) => each === problem)) throw new Error(`${name} does not tell of ${problem}`);
      return { ...document, name: problem };
    },
    async all(name, asked = {}) {
      const items = [];
      let next: string | null = null;
      do {
        const query: Record<string, string | number> = { ...asked.query, ...(next !== null && { cursor: next }) };
        const page = (await ask(name, { ...asked, query })) as { items: Item<typeof name>[]; next: string | null };
        items.push(...page.items);
        next = page.next;
      } while (next !== null);
      return items;
    },
  };
}
