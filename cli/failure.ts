/** How a command may fail: one clear line with the way out, and its exit code. */
import { CommanderError } from 'commander';
import { ConfigurationError, DecisionRefusedError } from '../functions/domain/errors.ts';
import { PolicyError } from '../functions/runtime/policy.ts';

export const EXIT = { done: 0, refused: 1, badInput: 2, noConnection: 3, interrupted: 130 } as const;

/** What was asked for is wrong, or is not there. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** No platform, no credentials, no such stack, no answer. */
export class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';
}

/** What to do about a refusal that is about no patient. */
const WAYS_ON: Record<string, string> = {
  STARTS_PAUSED: 'All starts are paused: "portal-pin resume" ends that; "sweep --dry-run" may be had meanwhile.',
  SWEEP_RUNNING: 'A sweep is at work: "portal-pin sweeps" shows it.',
};

interface Failure {
  exitCode: number;
  /** null: it was said already. */
  line: string | null;
}

const NO_CREDENTIALS =
  /Credential|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|TokenRefresh|SSO/;
const FORBIDDEN = /AccessDenied|NotAuthorized/;
const NOT_DEPLOYED = /ResourceNotFound|StateMachineDoesNotExist/;
/** Errors of Node, fetch and the SDK for an address that does not answer. */
const NO_ANSWER = /ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|Timeout|Networking|AwsUnavailable/;

export function failureOf(error: unknown): Failure {
  // Commander has printed its message, or the help.
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.badInput, line: null };
  }
  if (error instanceof DecisionRefusedError) {
    const way = WAYS_ON[error.code] ?? '"portal-pin why <patient>" says how the case stands.';
    return { exitCode: EXIT.refused, line: `Refused: ${error.code}. ${way}` };
  }
  if (error instanceof InputError) return { exitCode: EXIT.badInput, line: error.message };
  if (error instanceof PolicyError) return { exitCode: EXIT.badInput, line: inOneLine(error.message) };
  if (error instanceof NoConnectionError) return { exitCode: EXIT.noConnection, line: error.message };
  const reason = noConnection(error);
  if (reason !== null) return { exitCode: EXIT.noConnection, line: reason };
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { exitCode: EXIT.refused, line: inOneLine(`${name}: ${message}`) };
}

/** What AWS, or the local platform in its place, said why it does nothing; null for anything else. */
export function noConnection(error: unknown): string | null {
  const said = namesOf(error).find((name) => name !== 'Error') ?? '';
  const names = namesOf(error).join(' ');
  if (NO_CREDENTIALS.test(names)) {
    return `AWS has no valid credentials for you (${said}): log in, e.g. with "aws sso login", and try again.`;
  }
  if (FORBIDDEN.test(names)) return `You may not do this on AWS (${said}): use a role that may.`;
  if (NOT_DEPLOYED.test(names)) return `What the stack's outputs name is not there (${said}): deploy it anew.`;
  if (error instanceof Error && /region is missing/i.test(error.message)) return 'No AWS region is set: give --region.';
  if (NO_ANSWER.test(names)) return `No answer (${said}): is the platform still running, and the network up?`;
  return null;
}

/** The error's code and name, those of its causes and of the several errors in one. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code, cause, errors } = error as Error & { code?: unknown; errors?: unknown };
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])].flatMap(namesOf);
  const isOurs = error instanceof ConfigurationError;
  return [...(typeof code === 'string' ? [code] : []), ...inner, ...(isOurs ? [] : [error.name])];
}

function inOneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
