/** The command line of `npm start --`. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Wrong use of the command line; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface StartOptions {
  once: boolean;
  json: boolean;
  idle: boolean;
  help: boolean;
  practice: string | null;
  policy: string;
  port: number;
  data: string | null;
}

export const USAGE = `Usage: npm start [-- options]

Starts Portal PIN on this machine, loads a practice, takes every patient through the workflow once, and stays up.

  --once              exit afterwards: 0 if every patient reached an outcome, 1 if one failed
  --json              print one JSON document instead of the table
  --idle              only start: run nothing, and load nothing that --practice does not name
  --practice <path>   another practice: a FHIR R4 Bundle, or a folder of them (default: the demo practice)
  --policy <file>     another practice policy (default: local/demo/policy.json)
  --port <n>          port on 127.0.0.1, 0 for any free one (default: 4600)
  --data <dir>        keep table, chart, mailbox, executions and clock there (default: memory)
  --help              this text

Exit codes: 0 done, 1 a patient's execution failed, 2 bad input.`;

const DEFAULT_PORT = 4600;
const DEMO_POLICY = fileURLToPath(new URL('../demo/policy.json', import.meta.url));

/** @throws UsageError naming the option and the way out */
export function readOptions(args: readonly string[]): StartOptions {
  const { values } = parse(args);
  return {
    once: values.once ?? false,
    json: values.json ?? false,
    idle: values.idle ?? false,
    help: values.help ?? false,
    practice: values.practice ?? null,
    policy: values.policy ?? DEMO_POLICY,
    port: portOf(values.port),
    data: values.data ?? null,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        idle: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        practice: { type: 'string' },
        policy: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. ')[0] : 'wrong options';
    throw new UsageError(`${message}.\n\n${USAGE}`);
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--port ${text} is no port. Give a number from 0 (any free port) to 65535.`);
}
