/**
 * The admin API as both sides read it: the console calls by it, AdminApi answers by it, and docs/openapi/admin-api.json
 * is written from it. Nothing in any answer is a PIN, an address, a name of a patient or a live link.
 */
import * as z from 'zod/mini';
import { day, executionName, machine, patientId } from './contract/common.ts';
import {
  execution,
  executionQuery,
  executions,
  executionsQuery,
  history,
  historyQuery,
  stateMachine,
  stateMachineQuery,
} from './contract/executions.ts';
import { actionAnswer, actionOrder, patient, patients, patientsQuery } from './contract/patients.ts';
import { decisions, decisionsQuery, me, pauseOrder, pauseState, practice } from './contract/practice.ts';
import type { AdminProblem } from './contract/problems.ts';
import { sweepOrder, sweepReport, sweepStarted, sweeps, sweepsQuery } from './contract/sweeps.ts';
import { overview, workList, workListQuery } from './contract/work.ts';

/** `Idempotency-Key`: a request that is repeated under its key is done once and gets the same answer, for a day. */
export const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{8,100}$/;

export interface Operation {
  method: 'GET' | 'POST';
  /** Path parameters in braces. */
  path: string;
  summary: string;
  /** Required group: actions need `operator`. */
  group: 'viewer' | 'operator';
  parameters?: Record<string, z.ZodMiniType<string>>;
  query?: z.ZodMiniObject;
  body?: z.ZodMiniObject;
  status: 200 | 202;
  answer: z.ZodMiniObject;
  /** Besides those that every operation has. */
  problems: readonly AdminProblem[];
}

const read = { method: 'GET', group: 'viewer', status: 200 } as const;
const act = { method: 'POST', group: 'operator' } as const;

/** What any operation may be answered. */
export const COMMON_PROBLEMS: readonly AdminProblem[] = [
  'not-signed-in',
  'not-allowed',
  'foreign-origin',
  'unavailable',
  'internal',
];
/** What any operation with a query may be answered. */
export const QUERY_PROBLEMS: readonly AdminProblem[] = ['wrong-query', 'wrong-cursor'];
/** What any operation with a body may be answered. */
export const BODY_PROBLEMS: readonly AdminProblem[] = [
  'malformed-key',
  'malformed-body',
  'content-too-large',
  'unsupported-media-type',
  'wrong-body',
  'other-body',
  'in-flight',
];

export const OPERATIONS = {
  readMe: { ...read, path: '/api/me', summary: 'The caller and their permissions', answer: me, problems: [] },
  readOverview: {
    ...read,
    path: '/api/overview',
    summary: 'Today: what needs a person, what runs, what the last sweep did',
    answer: overview,
    problems: [],
  },
  readWorkList: {
    ...read,
    path: '/api/work-list',
    summary: 'Cases that wait for a person, oldest first',
    query: workListQuery,
    answer: workList,
    problems: [],
  },
  listPatients: {
    ...read,
    path: '/api/patients',
    summary: 'Upcoming checks between two days: expiring PINs and cases due for another check',
    query: patientsQuery,
    answer: patients,
    problems: [],
  },
  readPatient: {
    ...read,
    path: '/api/patients/{patientId}',
    summary: 'One case: the PIN’s status, why it stands so, what was tried and decided',
    parameters: { patientId },
    answer: patient,
    problems: ['patient-unknown'],
  },
  actOnPatient: {
    ...act,
    path: '/api/patients/{patientId}/actions',
    summary: 'A staff decision about a case; recorded with user and reason',
    parameters: { patientId },
    body: actionOrder,
    status: 202,
    answer: actionAnswer,
    problems: ['patient-unknown', 'patient-gone', 'case-changed', 'decision-refused'],
  },
  listExecutions: {
    ...read,
    path: '/api/executions',
    summary: 'Executions, newest first',
    query: executionsQuery,
    answer: executions,
    problems: ['machine-unknown'],
  },
  readExecution: {
    ...read,
    path: '/api/executions/{name}',
    summary: 'One execution: times, input, output, error',
    parameters: { name: executionName },
    query: executionQuery,
    answer: execution,
    problems: ['execution-unknown', 'machine-unknown'],
  },
  readHistory: {
    ...read,
    path: '/api/executions/{name}/history',
    summary: 'The events of one execution, each with its state and attempt',
    parameters: { name: executionName },
    query: historyQuery,
    answer: history,
    problems: ['execution-unknown', 'machine-unknown'],
  },
  readStateMachine: {
    ...read,
    path: '/api/state-machines/{machine}',
    summary: 'The definition that a graph is drawn from',
    parameters: { machine },
    query: stateMachineQuery,
    answer: stateMachine,
    problems: ['machine-unknown', 'execution-unknown'],
  },
  listSweeps: {
    ...read,
    path: '/api/sweeps',
    summary: 'Sweeps of some days, newest first',
    query: sweepsQuery,
    answer: sweeps,
    problems: [],
  },
  readSweep: {
    ...read,
    path: '/api/sweeps/{day}/{execution}',
    summary: 'One sweep, and what became of what it started',
    parameters: { day, execution: executionName },
    answer: sweepReport,
    problems: ['sweep-unknown'],
  },
  startSweep: {
    ...act,
    path: '/api/sweeps',
    summary: 'Starts a sweep, or a dry run of one',
    body: sweepOrder,
    status: 202,
    answer: sweepStarted,
    problems: ['starts-paused', 'sweep-running'],
  },
  pause: {
    ...act,
    path: '/api/pause',
    summary: 'Pauses processing at once; running work will finish',
    body: pauseOrder,
    status: 200,
    answer: pauseState,
    problems: [],
  },
  resume: {
    ...act,
    path: '/api/resume',
    summary: 'Ends the pause; the next sweep takes up what was left',
    body: pauseOrder,
    status: 200,
    answer: pauseState,
    problems: [],
  },
  listDecisions: {
    ...read,
    path: '/api/decisions',
    summary: 'Pauses, resumes and manual sweeps with user, time and reason, newest first',
    query: decisionsQuery,
    answer: decisions,
    problems: [],
  },
  readPractice: {
    ...read,
    path: '/api/practice',
    summary: 'The practice policy, with what each setting does',
    answer: practice,
    problems: [],
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
export type AnswerOf<Name extends OperationName> = z.infer<(typeof OPERATIONS)[Name]['answer']>;

/**
 * `/console/config.json`: how the page gets its token. Written by the deployment; locally `auth` is null and no token
 * is sent.
 */
export const consoleConfig = z.strictObject({
  /** Base of the API, on the page’s own origin. */
  api: z.literal('/api'),
  auth: z.nullable(
    z.strictObject({
      /** OpenID Connect issuer of the user pool. */
      issuer: z.url(),
      /** Base URL of the hosted login: /oauth2/authorize, /oauth2/token, /logout. */
      login: z.url(),
      clientId: z.string(),
      scopes: z.array(z.string()),
    }),
  ),
});
export type ConsoleConfig = z.infer<typeof consoleConfig>;
