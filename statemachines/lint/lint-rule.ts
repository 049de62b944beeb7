import type { FoundState } from '../asl.ts';

export interface LintOptions {
  /** The files in functions/steps without their ending, e.g. `verify-email`. */
  readonly handlers: readonly string[];
  /** The names of the project's error classes. */
  readonly errorNames: readonly string[];
  /** The named errors that each Task can throw, by state name. */
  readonly stepErrors: Readonly<Record<string, readonly string[]>>;
  /** Tokens that the deployment substitutes beside the states' own `${<State>FunctionArn}`. */
  readonly tokens?: readonly string[];
}

/** What is wrong with one state, in whole sentences without its name; empty if nothing. */
export type Rule = (found: FoundState, options: LintOptions) => string[];

/** setTimeout's limit, 2^31 - 1 ms: the local platform cannot wait longer (a longer wait would end at once). */
export const MAX_WAIT_SECONDS = Math.floor((2 ** 31 - 1) / 1000);
