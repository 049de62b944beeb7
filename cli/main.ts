/** `npx portal-pin`: the administrator's command line, against the local platform or a stack on AWS. */
import { EXIT, failureOf, InputError } from './failure.ts';
import { watchInterrupts } from './interrupt.ts';
import { program } from './program.ts';

// A reader of only the first lines (`| head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});
watchInterrupts();

const args = process.argv.slice(2);
const isJson = args.includes('--json');
// With --json an error is one document, and Commander's own text would stand beside it.
if (isJson) for (const each of [program, ...program.commands]) each.configureOutput({ writeErr: () => undefined });

try {
  checkHelp(args);
  await program.parseAsync();
} catch (error) {
  const { exitCode, line } = failureOf(error);
  const message = line ?? (error instanceof Error ? error.message.replace(/^error: /, '') : '');
  if (isJson && exitCode !== EXIT.done) console.error(JSON.stringify({ error: { message, exitCode } }));
  else if (line !== null) console.error(line);
  process.exitCode = exitCode;
}

/** Commander answers `help` for a command that does not exist with the general help and exit code 0. */
function checkHelp(given: readonly string[]): void {
  const [first, about] = given.filter((each) => !each.startsWith('-'));
  if (first !== 'help' || about === undefined) return;
  if (program.commands.some((command) => command.name() === about)) return;
  throw new InputError(`There is no command ${about}. "portal-pin help" lists them.`);
}
