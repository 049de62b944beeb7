/** `npx portal-pin`: the administrator's command line, against the local platform or a stack on AWS. */
import { EXIT, failureOf } from './failure.ts';
import { watchInterrupts } from './interrupt.ts';
import { program } from './program.ts';

// Who reads only the first lines (`| head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});
watchInterrupts();

try {
  await program.parseAsync();
} catch (error) {
  const { exitCode, line } = failureOf(error);
  if (line !== null) console.error(line);
  process.exitCode = exitCode;
}
