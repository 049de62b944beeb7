/** Each question that pages ask, with how often it is asked again. */
import { useQueryClient } from '@tanstack/react-query';
import type { HistoryEventView } from '../../functions/admin/contract/executions.ts';
import type { AnswerOf } from '../../functions/admin/contract.ts';
import { type Api, ApiError } from './client.ts';
import { useSurroundings } from './context.tsx';
import { BUSY_MS, CALM_MS, useLive, useLiveList } from './live.ts';

/** Data that does not change during a visit: the user, the deployed policy, the definition of an execution. */
const NEVER = 0;

type Query = Record<string, string | undefined>;

export function useOverview() {
  const { api } = useSurroundings();
  return useLive(
    ['overview'],
    (signal) => api.call('readOverview', { signal }),
    (data) => ((data?.running.count ?? 0) > 0 || data?.lastSweep?.status === 'RUNNING' ? BUSY_MS : CALM_MS),
  );
}

export function useMe() {
  const { api } = useSurroundings();
  return useLive(['me'], (signal) => api.call('readMe', { signal }), NEVER);
}

/** Whether actions are offered: operators'. The API decides; this only hides what it would refuse. */
export function useCanAct(): boolean {
  return useMe().data?.canAct ?? false;
}

export function useWorkList(query: Query) {
  const { api } = useSurroundings();
  return useLiveList(
    ['work-list', query],
    (signal) => api.call('readWorkList', { query, signal }),
    (data) => (data?.items.some(({ isAtWork }) => isAtWork) ? BUSY_MS : CALM_MS),
  );
}

export function usePatients(query: Query) {
  const { api } = useSurroundings();
  return useLiveList(
    ['patients', query],
    (signal) => api.call('listPatients', { query, signal }),
    (data) => (data?.items.some(({ isAtWork }) => isAtWork) ? BUSY_MS : CALM_MS),
  );
}

export const patientKey = (patientId: string) => ['patient', patientId];

export function usePatient(patientId: string) {
  const { api } = useSurroundings();
  return useLive(
    patientKey(patientId),
    (signal) => api.call('readPatient', { parameters: { patientId }, signal }),
    (data) => (data?.isAtWork ? BUSY_MS : CALM_MS),
  );
}

export function useExecutions(query: Query) {
  const { api } = useSurroundings();
  return useLiveList(
    ['executions', query],
    (signal) => api.call('listExecutions', { query, signal }),
    (data) => (data?.items.some(({ status }) => status === 'RUNNING') ? BUSY_MS : CALM_MS),
  );
}

export function useExecution(name: string, machine: string) {
  const { api } = useSurroundings();
  return useLive(
    ['execution', machine, name],
    (signal) => api.call('readExecution', { parameters: { name }, query: { machine }, signal }),
    (data) => (data === undefined || data.status === 'RUNNING' ? BUSY_MS : NEVER),
  );
}

export function useDefinition(machine: string, execution: string | undefined) {
  const { api } = useSurroundings();
  return useLive(
    ['definition', machine, execution],
    (signal) => api.call('readStateMachine', { parameters: { machine }, query: { execution }, signal }),
    NEVER,
  );
}

export interface History {
  events: HistoryEventView[];
  /** Of the page that was the last one: more may have come there since. */
  lastCursor: string | undefined;
  /** How many events stand before that page. */
  before: number;
}

/** All events so far; of a running execution only what is new is read again. */
export function useHistory(name: string, machine: string) {
  const { api } = useSurroundings();
  const client = useQueryClient();
  const key = ['history', machine, name];
  return useLive(
    key,
    (signal) => moreHistory(api, name, machine, client.getQueryData<History>(key), signal),
    // Asked until its end is in it: the execution may have ended between two looks.
    (data) => (data?.events.some(({ type }) => ENDS.includes(type)) ? NEVER : BUSY_MS),
  );
}

const ENDS = ['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted'];

async function moreHistory(
  api: Api,
  name: string,
  machine: string,
  known: History | undefined,
  signal: AbortSignal,
): Promise<History> {
  let events = known?.events.slice(0, known.before) ?? [];
  let cursor = known?.lastCursor;
  for (;;) {
    const before = events.length;
    const query = { machine, cursor };
    const page: AnswerOf<'readHistory'> = await api.call('readHistory', { parameters: { name }, query, signal });
    events = [...events, ...page.items];
    if (page.next === null) return { events, lastCursor: cursor, before };
    if (page.next === cursor) throw new ApiError('FOREIGN', 'The history does not end.');
    cursor = page.next;
  }
}

export function useSweeps(day: string | undefined, days: number) {
  const { api } = useSurroundings();
  return useLiveList(
    ['sweeps', day, days],
    (signal) => api.call('listSweeps', { query: { day, days }, signal }),
    (data) => (data?.items.some(({ status }) => status === 'RUNNING') ? BUSY_MS : CALM_MS),
  );
}

export function useSweep(day: string, execution: string) {
  const { api } = useSurroundings();
  return useLive(
    ['sweep', day, execution],
    (signal) => api.call('readSweep', { parameters: { day, execution }, signal }),
    (data) => {
      if (data === undefined || data.status === 'RUNNING') return BUSY_MS;
      return (data.outcomes.RUNNING ?? 0) > 0 ? BUSY_MS : CALM_MS;
    },
  );
}

export function usePracticePolicy() {
  const { api } = useSurroundings();
  return useLive(['practice'], (signal) => api.call('readPractice', { signal }), NEVER);
}

export function useDecisions() {
  const { api } = useSurroundings();
  return useLive(['decisions'], (signal) => api.call('listDecisions', { signal }), CALM_MS);
}
