/** `npx portal-pin`: the administrator's command line, against the local platform or a stack on AWS. */
import { userInfo } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { DecisionRefusedError } from '../functions/domain/errors.ts';
import { type Connection, connect, NoConnectionError } from './connection.ts';
import * as executions from './executions.ts';
import * as patients from './patients.ts';
import { type Answer, show } from './show.ts';
import * as sweeps from './sweeps.ts';

const EXIT = { done: 0, refused: 1, badInput: 2, noConnection: 3, interrupted: 130 } as const;

const EXAMPLES = `
Examples:
  portal-pin why demo-001
  portal-pin regenerate demo-001 --reason "lost the mail" --force
  portal-pin sweep --dry-run
  portal-pin executions --failed --json
  portal-pin --stack portal-pin --region us-east-1 pause --reason "EHR is being upgraded"

Exit codes: 0 done, 1 refused or failed, 2 bad input, 3 no platform, credentials or stack, 130 interrupted.`;

function atLeastOne(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It takes a whole number from 1 on.');
  return number;
}

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new InvalidArgumentError('It takes a day such as 2026-11-23.');
  return text;
}

const program = new Command('portal-pin')
  .description('Inspects and steers Portal PIN. Works on the local platform, or on AWS with --stack.')
  .option('--stack <name>', 'name of the deployment on AWS; its credentials are those of the AWS SDK')
  .option('--region <region>', 'its AWS region')
  .option('--json', 'print one JSON document')
  .addHelpText('after', EXAMPLES)
  .exitOverride();

type Common = { stack?: string; region?: string; json?: boolean };
type By = { reason: string; actor: string };

async function run(work: (connection: Connection, isJson: boolean) => Promise<Answer>): Promise<void> {
  const { stack = null, region = null, json = false } = program.opts<Common>();
  process.stdout.write(show(await work(await connect({ stack, region }), json), json));
}

/** A decision is a person's and says why. */
function decision(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; recorded with the decision')
    .option('--actor <name>', 'who decides; recorded', userInfo().username);
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
  .description('take a patient through the workflow now')
  .action((patientId: string, { force = false, ...by }: By & { force?: boolean }) =>
    run((connection) => patients.regenerateNow(connection, { patientId, ...by }, force)),
  );
decision(program.command('release <patient>'))
  .description('end a hold: the case goes on')
  .action((patientId: string, by: By) => run((connection) => patients.releaseHold(connection, { patientId, ...by })));
program
  .command('sweep')
  .description('start whoever is due, now')
  .option('--dry-run', 'decide and start nothing')
  .action(({ dryRun = false }: { dryRun?: boolean }) =>
    run((connection, isQuiet) => sweeps.sweep(connection, { dryRun, isQuiet })),
  );
program
  .command('sweeps')
  .description('what the sweeps of a day did, and what became of it')
  .option('--day <day>', 'default: today', day)
  .action((options: { day?: string }) => run((connection) => sweeps.reports(connection, options.day ?? null)));
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
program
  .command('resume')
  .description('end the pause')
  .action(() => run((connection) => sweeps.resume(connection)));

// Who reads only the first lines (`| head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});
process.on('SIGINT', () => {
  console.error('\nInterrupted. What was started goes on; "portal-pin pause" stops further starts.');
  process.exit(EXIT.interrupted);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its message, or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  if (error instanceof DecisionRefusedError) {
    console.error(`Refused: ${error.code}. "portal-pin why <patient>" says how the case stands.`);
    return EXIT.refused;
  }
  if (error instanceof patients.NotThereError || error instanceof NoConnectionError) {
    console.error(error.message);
    return error instanceof NoConnectionError ? EXIT.noConnection : EXIT.badInput;
  }
  if (error instanceof Error && /Credential|ExpiredToken|UnrecognizedClient/.test(error.name)) {
    console.error(`AWS has no valid credentials for you (${error.name}): log in and try again.`);
    return EXIT.noConnection;
  }
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  console.error(`${name}: ${message}`);
  return EXIT.refused;
}
