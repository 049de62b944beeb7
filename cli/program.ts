/** The commands, their options and their help. */
import { userInfo } from 'node:os';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { EHR_EVENT_TYPES } from '../functions/domain/webhook/ehr-event.ts';
import { type Connection, connect } from './connection.ts';
import * as discoveries from './discoveries.ts';
import * as executions from './executions.ts';
import { EXIT, InputError } from './failure.ts';
import * as patients from './patients.ts';
import { type Answer, show } from './show.ts';
import * as sweeps from './sweeps.ts';
import * as webhooks from './webhooks.ts';

const EXAMPLES = `
Examples:
  portal-pin why demo-001
  portal-pin regenerate demo-001 --reason "lost the mail" --force
  portal-pin sweep --dry-run
  portal-pin executions --failed --json
  portal-pin send-webhook patient.email_changed demo-001
  portal-pin --stack portal-pin --region us-east-1 pause --reason "EHR is being upgraded"

Exit codes: 0 done, 1 refused or failed, 2 bad input, 3 no platform, credentials or stack, 130 interrupted.`;

/** One for each command, shown with its help; send-webhook has its own. */
const EXAMPLE: Record<string, string> = {
  status: 'status demo-001',
  why: 'why demo-001',
  regenerate: 'regenerate demo-001 --reason "lost the mail" --force',
  release: 'release demo-001 --reason "the chart is corrected"',
  sweep: '--stack portal-pin sweep --dry-run',
  sweeps: 'sweeps --day 2026-11-23 --json',
  discover: '--stack portal-pin discover',
  discoveries: 'discoveries --json',
  executions: 'executions --failed --limit 10',
  history: 'history 5f2461759d3b7af338b2eef133932bc35c67731b-1',
  redrive: 'redrive 5f2461759d3b7af338b2eef133932bc35c67731b-1 --reason "the EHR is up again"',
  pause: 'pause --reason "the EHR is being upgraded"',
  resume: 'resume',
};

const SEND_EXAMPLES = `
Examples:
  portal-pin send-webhook pin.issued demo-001
  portal-pin send-webhook pin.regeneration_requested demo-001 --reason "lost the mail" --force
  portal-pin send-webhook patient.updated demo-001 --change provider --at 2026-11-23T08:30:00Z
  portal-pin send-webhook portal.registered demo-001 --print
  portal-pin send-webhook pin.issued 123 --url https://api.example.com/webhooks/ehr --secret-file secret.txt

Without --url and --secret-file it goes to the local platform, or with --stack to the stack's address, signed with the
secret that is there. --print shows the request as curl and sends nothing; its signature is good for five minutes.`;

function atLeastOne(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It takes a whole number from 1 on.');
  return number;
}

function day(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
  // Date.parse takes February 30 for March 2.
  if (!isDay || !new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)) {
    throw new InvalidArgumentError('It takes a day of the calendar such as 2026-11-23.');
  }
  return text;
}

/** As the admin API takes one: 1 to 500 characters. */
function reasonOf(text: string): string {
  const trimmed = text.trim();
  if (trimmed !== '' && trimmed.length <= 500) return trimmed;
  throw new InvalidArgumentError('A reason has 1 to 500 characters.');
}

function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('It takes a URL such as https://api.example.com/webhooks/ehr.');
  }
  return text;
}

/** Parses and runs one command; throws what failureOf tells. */
export const program = new Command('portal-pin')
  .description('Inspects and steers Portal PIN. Works on the local platform, or on AWS with --stack.')
  .option('--stack <name>', 'name of the deployment on AWS; its credentials are those of the AWS SDK')
  .option('--region <region>', 'its AWS region')
  .option('--endpoints <file>', 'of the local platform; default: .local/endpoints.json of this folder or one above it')
  .option('--json', 'print one JSON document; an error is one on standard error')
  .addHelpText('after', EXAMPLES)
  .exitOverride();

type Common = { stack?: string; region?: string; endpoints?: string; json?: boolean };
type By = { reason: string; actor: string };

function print(answer: Answer): void {
  process.stdout.write(show(answer, program.opts<Common>().json ?? false, process.stdout.columns));
  if (answer.isFailure === true) process.exitCode = EXIT.refused;
}

function connected(): Promise<Connection> {
  const { stack = null, region = null, endpoints = null } = program.opts<Common>();
  return connect({ stack, region, endpoints });
}

async function run(work: (connection: Connection, isJson: boolean) => Promise<Answer>): Promise<void> {
  print(await work(await connected(), program.opts<Common>().json ?? false));
}

/** A decision is a person's and says why. */
function decision(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; recorded with the decision', reasonOf)
    .option('--actor <name>', 'recorded as the user', userInfo().username);
}

/** Practice-wide actions are recorded, too; their reason is optional. */
function recorded(command: Command): Command {
  return command
    .option('--reason <text>', 'why; recorded', reasonOf, 'at the command line')
    .option('--actor <name>', 'recorded as the user', userInfo().username);
}

program
  .command('status <patient>')
  .description('how the case of a patient stands')
  .action((patient: string) => run((connection) => patients.status(connection, patient)));
program
  .command('why <patient>')
  .description('every rule about the case, with the fact behind it')
  .action((patient: string) => run((connection) => patients.why(connection, patient)));
decision(program.command('regenerate <patient>').option('--force', 'also where the PIN has not expired'))
  .description('take a patient through the workflow now, and say how it ends')
  .action((patientId: string, { force = false, ...by }: By & { force?: boolean }) =>
    run((connection, isQuiet) => patients.regenerateNow(connection, { patientId, ...by }, { force, isQuiet })),
  );
decision(program.command('release <patient>'))
  .description('end a hold: the case goes on')
  .action((patientId: string, by: By) => run((connection) => patients.releaseHold(connection, { patientId, ...by })));
recorded(program.command('sweep').option('--dry-run', 'decide and start nothing'))
  .description('start all due patients now')
  .action(({ dryRun = false, ...by }: By & { dryRun?: boolean }) =>
    run((connection, isQuiet) => sweeps.sweep(connection, { dryRun, isQuiet, ...by })),
  );
program
  .command('sweeps')
  .description('what the sweeps of a day did, and what became of it')
  .option('--day <day>', 'default: today', day)
  .action((options: { day?: string }) => run((connection) => sweeps.reports(connection, options.day ?? null)));
program
  .command('discover')
  .description("read the chart's signed PINs and track them; starts nothing, may be repeated, goes on where it stopped")
  .option('--stop', 'stop the one that runs')
  .action(({ stop = false }: { stop?: boolean }) =>
    run((connection, isQuiet) =>
      stop ? discoveries.stopDiscovery(connection) : discoveries.discover(connection, { isQuiet }),
    ),
  );
program
  .command('discoveries')
  .description('what the latest discoveries found')
  .action(() => run((connection) => discoveries.discoveries(connection)));
program
  .command('executions')
  .description('the latest executions')
  .option('--failed', 'failed ones alone')
  .option('--limit <n>', 'how many', atLeastOne, 50)
  .action(({ failed = false, limit }: { failed?: boolean; limit: number }) =>
    run((connection) => executions.list(connection, { failed, limit })),
  );
program
  .command('history <execution>')
  .description('the states of one execution, and each attempt that failed')
  .action((execution: string) => run((connection) => executions.history(connection, execution)));
decision(program.command('redrive <execution>'))
  .description('a fresh execution for the same patient')
  .action((execution: string, by: By) => run((connection) => executions.redriveExecution(connection, execution, by)));
decision(program.command('pause'))
  .description('stop all starts at once; what runs goes to its end')
  .action((by: By) => run((connection) => sweeps.pause(connection, by)));
recorded(program.command('resume'))
  .description('end the pause')
  .action((by: By) => run((connection) => sweeps.resume(connection, by)));
program
  .command('send-webhook')
  .description('send a webhook as the EHR would, signed; shows the answer')
  .addArgument(new Argument('<type>', 'of the event').choices(EHR_EVENT_TYPES))
  .argument('<patient>', 'id of the FHIR Patient')
  .option('--actor <name>', 'the requester, for pin.regeneration_requested (default: your user name)')
  .option('--reason <text>', 'why, for pin.regeneration_requested')
  .option('--force', 'also where the PIN has not expired, for pin.regeneration_requested')
  .option('--change <what>', 'deceased, inactive, merged or provider, for patient.updated')
  .option('--at <instant>', 'when it happened; now unless told')
  .option('--id <webhook-id>', 'to repeat a webhook; a fresh one unless told')
  .option('--url <url>', 'where to send it', httpUrl)
  .option('--secret-file <file>', 'file with the secret, whsec_…')
  .option('--print', 'print the request as curl instead of sending it')
  .addHelpText('after', SEND_EXAMPLES)
  .action(async (type: string, patientId: string, options: webhooks.WebhookOptions) => {
    const { url, secretFile } = options;
    if (url !== undefined && secretFile === undefined)
      throw new InputError('Another --url takes a --secret-file, too.');
    const given = secretFile === undefined ? null : webhooks.readSecretFile(secretFile);
    const connection = url === undefined ? await connected() : null;
    const target = {
      url: url ?? connection?.webhookUrl() ?? '',
      secret: given ?? (await connection?.webhookSecret()) ?? '',
    };
    const event = webhooks.eventOf(type, patientId, options);
    print(await webhooks.sendWebhook(target, event, options));
  });

for (const command of program.commands) {
  const example = EXAMPLE[command.name()];
  if (example !== undefined) command.addHelpText('after', `\nExample:\n  portal-pin ${example}`);
}
