/** The CDK CLI as an operator runs it, and what its app put out. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ACCOUNT_ID, REGION } from '../../local/settings/environment.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLI = join(ROOT, 'node_modules/aws-cdk/bin/cdk');

/** Of a stack, by their names: what the runbook tells an operator to use. */
export type Outputs = Record<string, string>;

export function createCdk(folder: string, deploymentFile: string) {
  const assembly = join(folder, 'cdk.out');
  const outputsFile = join(folder, 'outputs.json');

  return {
    /** What every account needs once. */
    bootstrap: () => cdk(folder, 'bootstrap', `aws://${ACCOUNT_ID}/${REGION}`),

    /** Synthesizes and deploys every stack; answers with the outputs of all. */
    async deploy(): Promise<Outputs> {
      const context = ['--context', `deployment=${deploymentFile}`, '--output', assembly];
      await cdk(ROOT, 'deploy', '--all', '--require-approval', 'never', '--outputs-file', outputsFile, ...context);
      const stacks: Record<string, Outputs> = JSON.parse(readFileSync(outputsFile, 'utf8'));
      const all = Object.values(stacks).flatMap((outputs) => Object.entries(outputs));
      // The CDK's own are how one stack hands names to the other.
      return Object.fromEntries(all.filter(([name]) => !name.startsWith('ExportsOutput')));
    },

    /** Whether what is deployed is what was synthesized last. Rejects, as the CLI does, when something differs. */
    diff: () => cdk(folder, 'diff', '--fail', '--app', assembly),

    /** Deletes every stack; rejects when it comes to one that is protected. */
    destroy: () => cdk(folder, 'destroy', '--all', '--force', '--app', assembly),
  };
}

/** Of what the CLI says: its reason comes last, after a line or two for every resource. */
const TAIL = 4_000;

/** Rejects with the end of what the CLI said when it fails. */
async function cdk(cwd: string, ...args: string[]): Promise<string> {
  // Notices come from the network.
  const child = spawn(process.execPath, [CLI, ...args, '--no-notices', '--no-color'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [code, ...said] = await Promise.all([
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
    text(child.stdout),
    text(child.stderr),
  ]);
  if (code !== 0) throw new Error(`cdk ${args[0]} ended with ${code}:\n${said.join('\n').slice(-TAIL)}`);
  return said.join('\n');
}
