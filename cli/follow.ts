/** Executions of the practice's own machines, started by hand and followed by their records. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SingleBar } from 'cli-progress';
import { uninterrupted } from './interrupt.ts';

/** How often a run is looked at, in milliseconds; AWS answers DescribeExecution 15 times a second for all callers together. */
export const LOOK_EVERY_MS = { local: 300, aws: 2_000 } as const;

/** Starts one execution of the machine; answers its ARN. */
export async function startByHand(stateMachineArn: string, input: object): Promise<string> {
  const name = `by-hand-${randomUUID()}`;
  const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
  const { executionArn } = await uninterrupted(() => new SFNClient({}).send(command));
  return executionArn ?? '';
}

export function nameOf(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(':') + 1);
}

interface Followed<Run> {
  everyMs: number;
  read(): Promise<Run | null>;
  /** Whether the record says that the run has ended. */
  isOver(run: Run): boolean;
  /** Shown on a terminal, at each look; null: nothing is. */
  progress: ((run: Run | null) => string) | null;
}

/** Waits until the run or its execution has ended; it goes on when this command is stopped. */
export async function follow<Run>(
  executionArn: string,
  { everyMs, read, isOver, progress }: Followed<Run>,
): Promise<{ run: Run | null; error: string | null }> {
  const client = new SFNClient({});
  const line = progress === null ? null : new SingleBar({ format: '{line}', noTTYOutput: false });
  line?.start(0, 0, { line: '' });
  try {
    for (;;) {
      // In this order: what ends after it was described is seen at the next look.
      const { status } = await client.send(
        new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }),
      );
      const run = await read();
      line?.update({ line: progress?.(run) ?? '' });
      if (status !== 'RUNNING')
        return { run, error: status === 'SUCCEEDED' ? null : await whyNot(executionArn, status) };
      if (run !== null && isOver(run)) return { run, error: null };
      await setTimeout(everyMs);
    }
  } finally {
    line?.stop();
  }
}

/** The error's name and code, as a step throws them; the status alone where the caller may not open the machine's key. */
async function whyNot(executionArn: string, status = 'FAILED'): Promise<string> {
  try {
    const { error = status, cause = '' } = await new SFNClient({}).send(new DescribeExecutionCommand({ executionArn }));
    const [, code] = /"errorMessage":"(\w+)"/.exec(cause) ?? [];
    return code === undefined ? error : `${error} ${code}`;
  } catch {
    return status;
  }
}
