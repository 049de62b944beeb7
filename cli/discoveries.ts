/** Commands about the discovery: read the chart's signed PINs now, say what was found, stop. */
import { ListExecutionsCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Discovery } from '../functions/domain/batch/discovery.ts';
import type { Connection } from './connection.ts';
import { follow, nameOf, startByHand } from './follow.ts';
import { uninterrupted } from './interrupt.ts';
import { type Answer, countsOf } from './show.ts';

/** Readings are few: the first connection's, and its repetitions. */
const LISTED = 20;

async function running({ discoverArn }: Connection): Promise<string | null> {
  const command = new ListExecutionsCommand({ stateMachineArn: discoverArn, statusFilter: 'RUNNING', maxResults: 1 });
  return (await new SFNClient({}).send(command)).executions?.[0]?.executionArn ?? null;
}

/** Starts a discovery, or takes the one that runs, and follows it; it goes on when this command is stopped. */
export async function discover(connection: Connection, { isQuiet }: { isQuiet: boolean }): Promise<Answer> {
  const { ports, discoverArn, lookEveryMs } = connection;
  const before = await running(connection);
  const arn = before ?? (await startByHand(discoverArn, {}));
  const { run, error } = await follow<Discovery>(arn, {
    everyMs: lookEveryMs,
    read: async () => {
      const readings = await ports.discoveries.list(LISTED);
      return readings.find(({ execution }) => execution === nameOf(arn)) ?? null;
    },
    isOver: ({ endedAt, stoppedBy }) => endedAt !== null && stoppedBy === null,
    progress: isQuiet ? null : (reading) => (reading === null ? 'begins' : progressOf(reading)),
  });
  return reported(run, error, before !== null);
}

function progressOf({ pages, documents, counts }: Discovery): string {
  return `page ${pages}: ${documents} documents, ${counts.TRACKED} tracked, ${counts.KNOWN} known already, ${counts.FAILED} failed`;
}

const NEXT = '"portal-pin discover" goes on from there.';

function reported(run: Discovery | null, error: string | null, wasRunning: boolean): Answer {
  const lines = wasRunning ? ['A discovery was running already: this is that one.'] : [];
  if (error !== null) lines.push(`The discovery broke off (${error}). ${NEXT}`);
  if (run === null) return { json: null, lines: [...lines, 'It left no record.'], isFailure: true };
  const { counts, failed, withoutPatient } = run;
  if (counts.FAILED > 0)
    lines.push(`${counts.FAILED} patients failed; the next "portal-pin discover" looks at them again.`);
  if (withoutPatient > 0) lines.push(`${withoutPatient} PIN documents name no patient and cannot be tracked.`);
  const rows = [['documents', run.documents], ['pages', run.pages], ...Object.entries(counts)];
  const patients = failed.map(({ patientId, error: name }) => [patientId, name]);
  const isFailure = error !== null || counts.FAILED > 0;
  return { json: toJson(run), lines, table: { head: ['', ''], rows: [...rows, ...patients] }, isFailure };
}

/** The reading without where it is: that is the EHR's own word, and may hold anything. */
function toJson({ bookmark: _bookmark, circle: _circle, version: _version, ...reading }: Discovery) {
  return reading;
}

/** The latest readings, newest first. */
export async function discoveries({ ports }: Connection): Promise<Answer> {
  const readings = await ports.discoveries.list(LISTED);
  const rows = readings.map(({ execution, startedAt, endedAt, stoppedBy, documents, counts }) => [
    execution,
    startedAt,
    stoppedBy ?? endedAt ?? 'not at its end',
    documents,
    countsOf(counts),
  ]);
  const lines = rows.length === 0 ? ['The chart was never read: "portal-pin discover" does.'] : [];
  return {
    json: readings.map(toJson),
    lines,
    table: { head: ['Discovery', 'Began', 'Ended', 'Documents', 'Looks'], rows },
  };
}

/** Stops the one that runs; what it has tracked stays, and the next one goes on from there. */
export async function stopDiscovery(connection: Connection): Promise<Answer> {
  const executionArn = await running(connection);
  if (executionArn === null) return { json: { stopped: null }, lines: ['No discovery runs.'] };
  const command = new StopExecutionCommand({ executionArn, error: 'StoppedByHand' });
  await uninterrupted(() => new SFNClient({}).send(command));
  return { json: { stopped: nameOf(executionArn) }, lines: [`Stopped. ${NEXT}`] };
}
