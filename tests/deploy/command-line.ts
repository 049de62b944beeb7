/** `npx portal-pin --stack …` as an administrator runs it: a process of its own, which finds the stack by its outputs. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../cli/portal-pin.mjs', import.meta.url));

export interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

export async function portalPin(...args: string[]): Promise<Said> {
  const child = spawn(process.execPath, [PROGRAM, '--stack', 'portal-pin', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [code, stdout, stderr] = await Promise.all([
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

/** With `--json`: what it says, where it succeeds. */
export async function portalPinJson(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await portalPin('--json', ...args);
  if (code !== 0) throw new Error(`portal-pin ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
