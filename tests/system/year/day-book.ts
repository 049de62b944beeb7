/** Whether what a day's sweep says of itself is what Step Functions ran that day. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { sweepReport } from '../../../functions/usecases/staff/sweep-report.ts';
import type { Practice } from './practice.ts';

interface Run {
  execution: string;
  counts: Record<string, number>;
  endedAt: string | null;
  stoppedBy: string | null;
}

/** Reads the day of the latest move with AWS's own clients; returns what does not add up. */
export function createDayBook(practice: Practice): () => Promise<string[]> {
  const sfn = new SFNClient({});
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const { diary, platform, ports } = practice;
  const { stateMachines, table: TableName } = platform.endpoints;

  return async () => {
    const move = diary.moves.at(-1);
    if (move === undefined) throw new Error('the clock was not moved yet');
    const since = diary.moves.at(-2)?.to ?? 0;
    const [sweeps, executions] = await Promise.all([
      listSince(sfn, stateMachines['sweep-expiring-pins'], move.from),
      listSince(sfn, stateMachines['regenerate-pin'], since),
    ]);
    const items = await itemsOf(table, { TableName, ...byKey(`SWEEP#${move.day}`) });
    const runs = items.filter(({ sk }) => String(sk).startsWith('RUN#')) as unknown as Run[];
    const pages = items.filter(({ sk }) => String(sk).startsWith('PAGE#'));
    const swept = pages.flatMap(({ started }) => started as { patientId: string; execution: string }[]);
    const used = Number(items.find(({ sk }) => sk === 'ALLOWANCE')?.used ?? 0);
    const [run] = runs;
    const report = run && (await sweepReport(ports, move.day, run.execution));
    const names = new Set(swept.map(({ execution }) => execution));
    const all = await Promise.all(executions.map((each) => endOf(sfn, each)));
    const ended = all.filter(({ startedAt }) => startedAt >= move.from);
    const before = all.filter(({ startedAt }) => startedAt < move.from);
    const ofSweep = ended.filter(({ name }) => names.has(name));
    const others = ended.filter(({ name }) => !names.has(name));
    const isFollowed = ({ patientId, startedAt }: Ended) =>
      ended.some((each) => each.patientId === patientId && each.startedAt > startedAt);
    const ends = ofSweep.map((each) => (isFollowed(each) ? 'LATER' : each.end));
    const hasEmailFeedback = ({ patientId }: Ended) => diary.emailFeedback.has(patientId);
    const isPaused = (await ports.pauseSwitch.read()) !== null;
    const checks: [string, boolean][] = [
      ['one sweep ran', sweeps.length === 1 && sweeps[0]?.status === 'SUCCEEDED'],
      [
        'and one is in the table, ended',
        runs.length === 1 && run?.endedAt !== null && run?.execution === sweeps[0]?.name,
      ],
      ['it says by what it was stopped', (run?.stoppedBy ?? null) === (isPaused ? 'PAUSED' : null)],
      ['while starts are paused nothing starts', !isPaused || ended.length === 0],
      ['it counts what its pages name', run?.counts.STARTED === swept.length],
      ['each of those is an execution of that sweep', names.size === swept.length && ofSweep.length === swept.length],
      ['no start failed while Step Functions was well', move.hiccup || run?.counts.FAILED === 0],
      ['the outcomes are how those ended', sameCounts(tallied(report?.outcomes), tally(ends))],
      [
        'what else started is a lapse, or what SES told',
        others.every((each) => move.lapsed.includes(each.patientId) || hasEmailFeedback(each)),
      ],
      ['the day’s allowance is what machines started', used === ended.length],
      [
        'what started since the sweep before was asked for, or SES told',
        before.every((each) => diary.started.has(each.name) || hasEmailFeedback(each)),
      ],
    ];
    return checks.flatMap(([what, holds]) => (holds ? [] : [`${move.day}: not so: ${what}`]));
  };
}

/** Newest first, started at or after `since`. */
async function listSince(
  sfn: SFNClient,
  stateMachineArn: string | undefined,
  since: number,
): Promise<ExecutionListItem[]> {
  const found: ExecutionListItem[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(new ListExecutionsCommand({ stateMachineArn, nextToken, maxResults: 1000 }));
    const young = (page.executions ?? []).filter(({ startDate }) => Number(startDate) >= since);
    found.push(...young);
    nextToken = young.length === page.executions?.length ? page.nextToken : undefined;
  } while (nextToken !== undefined);
  return found;
}

const byKey = (pk: string) => ({ KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } });

async function itemsOf(table: DynamoDBDocumentClient, query: QueryCommandInput): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateQuery({ client: table }, query)) found.push(...Items);
  return found;
}

interface Ended {
  name: string;
  patientId: string;
  /** Milliseconds. */
  startedAt: number;
  /** `REGENERATED`, `HELD/CYCLE_LIMIT` or FAILED, as Step Functions has it. */
  end: string;
}

async function endOf(sfn: SFNClient, { executionArn, startDate, name = '' }: ExecutionListItem): Promise<Ended> {
  const { status, input, output } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { patientId }: { patientId: string } = JSON.parse(input ?? '{}');
  const started = { name, patientId, startedAt: Number(startDate) };
  if (status !== 'SUCCEEDED') return { ...started, end: status ?? '' };
  const { outcome, reason } = JSON.parse(output ?? '{}');
  return { ...started, end: reason === null ? outcome : `${outcome}/${reason}` };
}

function tally(ends: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const end of ends) counts[end] = (counts[end] ?? 0) + 1;
  return counts;
}

/** Why an execution failed stands in the report for those that ended their case; here it is one kind. */
function tallied(outcomes: Record<string, number> = {}): Record<string, number> {
  return tally(
    Object.entries(outcomes).flatMap(([end, times]) => Array(times).fill(end.replace(/^FAILED.*/, 'FAILED'))),
  );
}

function sameCounts(some: Record<string, number>, others: Record<string, number>): boolean {
  const keys = new Set([...Object.keys(some), ...Object.keys(others)]);
  return [...keys].every((key) => some[key] === others[key]);
}
