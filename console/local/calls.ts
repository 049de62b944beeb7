/** Questions to `/local-api` and to the mailbox: there on one machine alone. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type {
  Chart,
  ChartEdit,
  ChartList,
  Trouble,
  WebhookOrder,
  WebhookSent,
} from '../../local/console/local-api-contract.ts';
import { ApiError, exchange } from '../api/client.ts';
import { useSurroundings } from '../api/context.tsx';
import { CALM_MS, useLive, useLiveList } from '../api/live.ts';

/** Both sides are of one checkout and one process: what comes is what the contract's type says. */
async function ask<Answer>(url: string, init: RequestInit = {}): Promise<Answer> {
  const { status, body } = await exchange(url, init);
  if (status < 200 || status >= 300 || body === undefined) throw refusal(status, body);
  return body as Answer;
}

/** The local platform's problems have no type: what they say is for a person. */
export function refusal(status: number, body: unknown): ApiError {
  const { title, detail } = (body ?? {}) as { title?: unknown; detail?: unknown };
  if (typeof title !== 'string' || typeof detail !== 'string')
    return new ApiError('UNREACHABLE', 'The platform does not answer.');
  return new ApiError('REFUSED', detail, { type: 'about:blank', title, status, detail });
}

function post<Answer>(url: string, body: unknown): Promise<Answer> {
  return ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

function useBase(): string {
  return useSurroundings().site.local?.api ?? '';
}

export function useCharts(query: string) {
  const base = useBase();
  return useLiveList(['charts', query], (signal) =>
    ask<ChartList>(`${base}/chart?${new URLSearchParams({ q: query })}`, { signal }),
  );
}

export function useChart(patientId: string) {
  const base = useBase();
  return useLive(
    ['chart', patientId],
    (signal) => ask<Chart>(`${base}/chart/${encodeURIComponent(patientId)}`, { signal }),
    3_000,
  );
}

/** Edits a chart; `done` gets the webhook by which the EHR told, or null. */
export function useChartEdit(patientId: string, done: (webhook: WebhookSent | null) => void) {
  const base = useBase();
  const client = useQueryClient();
  return useMutation<{ webhook: WebhookSent | null }, ApiError, { edit: ChartEdit; isTold: boolean }>({
    mutationFn: (request) => post(`${base}/chart/${encodeURIComponent(patientId)}`, request),
    onSuccess: async ({ webhook }) => {
      done(webhook);
      await client.invalidateQueries();
    },
  });
}

export function useWebhook() {
  const base = useBase();
  const client = useQueryClient();
  return useMutation<WebhookSent, ApiError, WebhookOrder>({
    mutationFn: (order) => post(`${base}/webhooks`, order),
    onSuccess: () => client.invalidateQueries(),
  });
}

export function useTrouble() {
  const base = useBase();
  return useMutation<object, ApiError, Trouble | null>({
    mutationFn: (trouble) =>
      trouble === null ? ask(`${base}/trouble`, { method: 'DELETE' }) : post(`${base}/trouble`, { trouble }),
  });
}

export interface MailboxMail {
  messageId: string;
  from: string;
  subject: string;
  destination: { to: string[] };
  body: { text?: string; html?: string };
  /** Epoch seconds of the practice's time. */
  at: number;
}

export function useMails() {
  const mailbox = useSurroundings().site.local?.mailbox ?? '';
  return useLive(['mails'], (signal) => ask<{ emails: MailboxMail[] }>(`${mailbox}/store`, { signal }), CALM_MS / 5);
}
