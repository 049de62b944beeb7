/** What this project reads of a parsed Amazon States Language definition (https://states-language.net/spec.html). */
export interface AslDefinition {
  readonly StartAt?: string;
  readonly States?: Readonly<Record<string, AslState>>;
  readonly TimeoutSeconds?: number;
  readonly [field: string]: unknown;
}

export interface AslState {
  readonly Type?: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Parameters?: unknown;
  readonly Retry?: readonly AslErrorRule[];
  readonly Catch?: readonly AslErrorRule[];
  readonly Choices?: readonly AslChoiceRule[];
  readonly Branches?: readonly AslDefinition[];
  readonly ItemProcessor?: AslDefinition;
  readonly Iterator?: AslDefinition;
  readonly [field: string]: unknown;
}

/** A retrier or a catcher. */
export interface AslErrorRule {
  readonly ErrorEquals?: readonly string[];
  readonly Next?: string;
  readonly [field: string]: unknown;
}

export interface AslChoiceRule {
  readonly Next?: string;
  readonly [field: string]: unknown;
}

export interface FoundState {
  readonly name: string;
  readonly state: AslState;
  /** The machine the state stands in: the definition itself, or a Map's processor or a Parallel's branch. */
  readonly machine: AslDefinition;
  readonly nested: boolean;
}

/** The machines inside a Map (its processor) or a Parallel (its branches); none for other states. */
export function nestedMachines(state: AslState): readonly AslDefinition[] {
  return [...(state.Branches ?? []), ...[state.ItemProcessor, state.Iterator].filter((inner) => inner !== undefined)];
}

/** Every state of a definition in its written order, those inside Map and Parallel included. */
export function* eachState(machine: AslDefinition, nested = false): Generator<FoundState> {
  for (const [name, state] of Object.entries(machine.States ?? {})) {
    yield { name, state, machine, nested };
    for (const inner of nestedMachines(state)) yield* eachState(inner, true);
  }
}

/** Name of the file under functions/steps, without its ending, that handles a state: VerifyEmail ⇔ verify-email. */
export function handlerOf(state: string): string {
  return state
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}
