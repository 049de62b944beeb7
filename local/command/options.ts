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
  /** Base URL of an external FHIR server; null: the simulated EHR. */
  ehr: string | null;
  ehrClient: string | null;
  ehrTokenFile: string | null;
  patients: string[];
  discover: boolean;
  dryRun: boolean;
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

Against an external FHIR R4 server instead of the simulated EHR (docs/try-an-ehr.md):

  --ehr <base URL>         writes to that chart; loads nothing unless --practice is given
  --ehr-client <file>      SMART Backend Services: { "clientId": "…", "jwks": { "keys": [ private key ] } }
  --ehr-token-file <file>  a bearer token; with neither file no Authorization is sent
  --patient <id>           takes this patient through the workflow; repeatable
  --discover               takes every patient with a signed PIN document through it
  --dry-run                decides what is due, and writes nothing to the chart

Exit codes: 0 done, 1 a patient's execution failed, 2 bad input.`;

const DEFAULT_PORT = 4600;
const DEMO_POLICY = fileURLToPath(new URL('../demo/policy.json', import.meta.url));

/** @throws UsageError naming the option and the way out */
export function readOptions(args: readonly string[]): StartOptions {
  const { values } = parse(args);
  const options: StartOptions = {
    once: values.once ?? false,
    json: values.json ?? false,
    idle: values.idle ?? false,
    help: values.help ?? false,
    practice: values.practice ?? null,
    policy: values.policy ?? DEMO_POLICY,
    port: portOf(values.port),
    data: values.data ?? null,
    ehr: values.ehr === undefined ? null : baseUrlOf(values.ehr),
    ehrClient: values['ehr-client'] ?? null,
    ehrTokenFile: values['ehr-token-file'] ?? null,
    patients: [...new Set(values.patient?.map(patientIdOf))],
    discover: values.discover ?? false,
    dryRun: values['dry-run'] ?? false,
  };
  checkTogether(options);
  return options;
}

/** Options that exclude or need one another. */
function checkTogether(options: StartOptions): void {
  const { ehr, ehrClient, ehrTokenFile, patients, discover, dryRun, practice, data } = options;
  const needsEhr = [
    ['--ehr-client', ehrClient !== null],
    ['--ehr-token-file', ehrTokenFile !== null],
    ['--patient', patients.length > 0],
    ['--discover', discover],
    ['--dry-run', dryRun],
  ].find(([, isGiven]) => isGiven);
  if (ehr === null && needsEhr !== undefined) {
    throw new UsageError(`${needsEhr[0]} belongs to an external FHIR server. Add --ehr <base URL>, or leave it out.`);
  }
  if (ehrClient !== null && ehrTokenFile !== null) {
    throw new UsageError('--ehr-client and --ehr-token-file are two ways to get a token. Give one of them.');
  }
  if (dryRun && practice !== null) {
    throw new UsageError(
      '--dry-run writes nothing, and --practice would be written. Name patients with --patient or --discover.',
    );
  }
  if (ehr !== null && data !== null && practice !== null) {
    throw new UsageError('With --ehr and --data, load the practice in a start of its own: --practice without --data.');
  }
}

function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isBase =
    url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (isBase) return text.replace(/\/+$/, '');
  throw new UsageError('--ehr takes the FHIR base URL of a server, http or https, without user, query or fragment.');
}

function patientIdOf(text: string): string {
  const id = text.replace(/^Patient\//, '');
  if (/^[A-Za-z0-9.-]{1,64}$/.test(id) && id !== '.' && id !== '..') return id;
  throw new UsageError('--patient takes the id of one Patient: 1 to 64 letters, digits, "-" or ".".');
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
        ehr: { type: 'string' },
        'ehr-client': { type: 'string' },
        'ehr-token-file': { type: 'string' },
        patient: { type: 'string', multiple: true },
        discover: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
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
