/**
 * The console in front of an API that answers as a test wants it to: what the contract allows, and what a network does
 * to it. Answers are checked against the contract, so that they cannot drift from it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod/mini';
import { ADMIN_PROBLEMS, type AdminProblem, problemDocument } from '../../../functions/admin/contract/problems.ts';
import { type AnswerOf, OPERATIONS, type Operation, type OperationName } from '../../../functions/admin/contract.ts';
import { serveConsole } from '../../../local/console/console.ts';
import { createConsoleBuild } from '../../../local/console/console-build.ts';
import { createGateway, type Gateway } from '../../../local/http/gateway.ts';
import { readBody, send } from '../../../local/http/http-messages.ts';

export interface Called {
  name: OperationName;
  parameters: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  /** Idempotency-Key. */
  key: string | null;
  authorization: string | null;
}

/** A problem of the contract instead of an answer. */
export class Refusal {
  readonly problem: z.infer<typeof problemDocument>;
  constructor(name: AdminProblem, more: Partial<z.infer<typeof problemDocument>> = {}) {
    const [status, title, detail] = ADMIN_PROBLEMS[name];
    const type = `https://portal-pin.example/problems/${name}`;
    this.problem = z.parse(problemDocument, { type, title, status, detail, ...more });
  }
}

export type Answers = {
  [Name in OperationName]: (called: Called) => AnswerOf<Name> | Refusal | Promise<AnswerOf<Name> | Refusal>;
};

/** UP answers; GONE breaks the connection; SILENT never answers; PROXY answers with a page of its own. */
export type Condition = 'UP' | 'GONE' | 'SILENT' | 'PROXY';

export interface ScriptedApi {
  /** Of the console, with a slash at its end. */
  url: string;
  answers: Answers;
  condition: Condition;
  /** Whatever reached the API, in order. */
  calls: Called[];
  of(name: OperationName): Called[];
  close(): Promise<void>;
}

/**
 * @param answers what is not told is a practice in which nothing happens
 * @param config makes the console's config.json, and mounts what it names; the local one without it
 */
export async function scriptApi(
  answers: Partial<Answers> = {},
  config?: (gateway: Gateway) => object,
): Promise<ScriptedApi> {
  const gateway = await createGateway({ port: 0 });
  const build = createConsoleBuild();
  gateway.mount('/console', serveConsole(build, config?.(gateway)));
  const scripted: ScriptedApi = {
    url: `${gateway.url}/console/`,
    answers: { ...QUIET, ...answers },
    condition: 'UP',
    calls: [],
    of: (name) => scripted.calls.filter((call) => call.name === name),
    async close() {
      build.close();
      await gateway.close();
    },
  };
  gateway.mount('/api', (req, res) => answer(scripted, req, res));
  await untilBuilt(build);
  return scripted;
}

/** Builds the console, or finds it built: for a beforeAll, since several test files may do so at once (hence the patience). */
export async function buildConsole(): Promise<void> {
  await untilBuilt(createConsoleBuild());
}

/** In milliseconds; on an idle machine it takes two seconds. */
export const BUILD_PATIENCE_MS = 120_000;

/** Waits for the console that the sources make; throws what the build said when it failed. */
export async function untilBuilt(build: ReturnType<typeof createConsoleBuild>): Promise<void> {
  for (;;) {
    const built = build.look();
    if (built.state === 'BUILT') return;
    if (built.state === 'FAILED') throw new Error(built.why);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function answer(scripted: ScriptedApi, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const text = String(await readBody(req));
  switch (scripted.condition) {
    case 'GONE':
      return void res.destroy();
    case 'SILENT':
      return;
    case 'PROXY':
      return send(res, 502, 'text/html', '<!doctype html><h1>Bad Gateway</h1>');
  }
  const found = operationOf(req);
  if (found === null) return send(res, 404, 'application/json', '{"message":"Not Found"}');
  const { name, parameters, query } = found;
  const key = req.headers['idempotency-key'];
  const called: Called = {
    name,
    parameters,
    query,
    body: text === '' ? null : JSON.parse(text),
    key: typeof key === 'string' ? key : null,
    authorization: req.headers.authorization ?? null,
  };
  scripted.calls.push(called);
  const given = await scripted.answers[name](called);
  if (given instanceof Refusal) {
    return send(res, given.problem.status, 'application/problem+json', JSON.stringify(given.problem));
  }
  const operation: Operation = OPERATIONS[name];
  send(res, operation.status, 'application/json', JSON.stringify(z.parse(operation.answer, given)));
}

function operationOf(req: IncomingMessage): Pick<Called, 'name' | 'parameters' | 'query'> | null {
  const { pathname, searchParams } = new URL(`/api${req.url}`, 'http://localhost');
  for (const [name, { method, path }] of Object.entries(OPERATIONS)) {
    const pattern = new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = pattern.exec(pathname);
    if (match === null || method !== req.method) continue;
    return { name: name as OperationName, parameters: { ...match.groups }, query: searchParams };
  }
  return null;
}

export const NOW = '2026-06-15T12:00:00Z';
export const TODAY = '2026-06-15';

/** No case waits and nothing ran. */
const QUIET: Answers = {
  readMe: () => ({ name: 'Robin Hale', groups: ['viewer', 'operator'], canAct: true }),
  readOverview: () => ({
    now: NOW,
    today: TODAY,
    timeZone: 'America/New_York',
    paused: null,
    work: [],
    due: { count: 0, isComplete: true },
    running: { count: 0, isComplete: true },
    lastSweep: null,
  }),
  readWorkList: () => ({ items: [], next: null }),
  listPatients: () => ({ items: [], next: null }),
  readPatient: () => new Refusal('patient-unknown'),
  actOnPatient: () => new Refusal('patient-unknown'),
  listExecutions: () => ({ items: [], next: null }),
  readExecution: () => new Refusal('execution-unknown'),
  readHistory: () => new Refusal('execution-unknown'),
  readStateMachine: () => new Refusal('machine-unknown'),
  listSweeps: () => ({ from: TODAY, to: TODAY, items: [] }),
  readSweep: () => new Refusal('sweep-unknown'),
  startSweep: () => ({ day: TODAY, execution: 'by-hand-1', dryRun: true }),
  pause: () => ({ paused: null }),
  resume: () => ({ paused: null }),
  listDecisions: () => ({ items: [], next: null }),
  readPractice: () => ({ settings: [] }),
};
