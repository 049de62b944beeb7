/** Whether what a day's sweep says of itself is what Step Functions ran that day. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  type ExecutionListItem,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { sweepReport } from '../../functions/usecases/sweep-report.ts';
import type { Practice } from './practice.ts';

interface Run {
  execution: string;
  counts: Record<string, number>;
  endedAt: string | null;
  stoppedBy: string | null;
}

/** Reads the day of the latest move as anybody reads it, by AWS's own clients; answers what does not add up. */
export function createDayBook(practice: Practice): () => Promise<string[]> {
  const sfn = new SFNClient({});
  const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const { diary, platform, ports } = practice;
  const { stateMachines, table: TableName } = platform.endpoints;

  return async () => {
    const move = diary.moves.at(-1);
    if (move === undefined) throw new Error('the clock was not moved yet');
    const before = diary.moves.at(-2)?.to ?? 0;
    const [sweeps, executions] = await Promise.all([
      listSince(sfn, stateMachines['sweep-expiring-pins'], move.from),
      listSince(sfn, stateMachines['regenerate-pin'], before),
    ]);
    const items = await itemsOf(table, { TableName, ...byKey(`SWEEP#${move.day}`) });
    const runs = items.filter(({ sk }) => String(sk).startsWith('RUN#')) as unknown as Run[];
    const pages = items.filter(({ sk }) => String(sk).startsWith('PAGE#'));
    const swept = pages.flatMap(({ started }) => started as { patientId: string; execution: string }[]);
    const used = Number(items.find(({ sk }) => sk === 'ALLOWANCE')?.used ?? 0);
    const [run] = runs;
    const report = run && (await sweepReport(ports, move.day, run.execution));
    const names = new Set(swept.map(({ execution }) => execution));
    const byMachines = executions.filter(({ startDate }) => Number(startDate) >= move.from);
    const byOthers = executions.filter(({ startDate }) => Number(startDate) < move.from);
    const ended = await Promise.all(byMachines.map((each) => endOf(sfn, each)));
    const ofSweep = ended.filter(({ name }) => names.has(name));
    const ofLapses = ended.filter(({ name }) => !names.has(name));
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
      ['no start failed', run?.counts.FAILED === 0],
      ['the outcomes are how those ended', sameCounts(tallied(report?.outcomes), tally(ofSweep.map(({ end }) => end)))],
      ['what else started is a lapse', ofLapses.every(({ patientId }) => move.lapsed.includes(patientId))],
      ['the day’s allowance is what machines started', used === ended.length],
      [
        'what started since the sweep before was asked for',
        byOthers.every(({ name }) => diary.started.has(name ?? '')),
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

/** `REGENERATED`, `HELD/CYCLE_LIMIT` or FAILED, as Step Functions has it. */
async function endOf(sfn: SFNClient, { executionArn, name = '' }: ExecutionListItem) {
  const { status, input, output } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { patientId }: { patientId: string } = JSON.parse(input ?? '{}');
  if (status !== 'SUCCEEDED') return { name, patientId, end: status ?? '' };
  const { outcome, reason } = JSON.parse(output ?? '{}');
  return { name, patientId, end: reason === null ? outcome : `${outcome}/${reason}` };
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
