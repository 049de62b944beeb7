/** Names and addresses of executions. */

export const USUAL_MACHINE = 'regenerate-pin';

/** Path of an execution's page. */
export function executionPath(name: string, machine: string): string {
  return machine === USUAL_MACHINE ? `/executions/${name}` : `/executions/${name}?machine=${machine}`;
}

/** A patient's execution is a digest and its attempt: the beginning tells them apart, the attempt is worth seeing. */
export function shortName(name: string): string {
  const [, digest, attempt] = /^([0-9a-f]{40})-(\d+)$/.exec(name) ?? [];
  return digest === undefined ? name : `${digest.slice(0, 12)}…-${attempt}`;
}
