/** `portal-pin` as a person runs it: a process of its own, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Command {
  child: ChildProcess;
  ended: Promise<Said>;
}

/** What a test's own environment has of AWS is not the command's. */
function environment(more: Record<string, string>): NodeJS.ProcessEnv {
  const bare = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(bare),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...more,
  };
}

/**
 * @param program another file than the command line's own, such as its launcher
 * @param isGroup whether it is a process group of its own, to which a signal may go as a terminal sends it
 */
export function command(
  cwd: string,
  args: readonly string[],
  {
    env = {},
    program = MAIN,
    isGroup = false,
  }: { env?: Record<string, string>; program?: string; isGroup?: boolean } = {},
): Command {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, [program, ...args], { cwd, env: environment(env), stdio, detached: isGroup });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      said[stream] += chunk;
    });
  }
  const ended = new Promise<Said>((resolve) => child.once('close', (code) => resolve({ code, ...said })));
  return { child, ended };
}

export function portalPin(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  return command(cwd, args, { env }).ended;
}
