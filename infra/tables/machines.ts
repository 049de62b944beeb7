/** Every state machine of the app: one file of statemachines/ each, which says what its functions are for. */
import { type AslDefinition, eachState } from '../../statemachines/asl.ts';
import { readStateMachine } from '../../statemachines/read-asl.ts';

export interface Machine {
  /** Name of its file, and after the deployment's its own: `regenerate-pin`. */
  name: string;
  /** Id of its construct, and how its output begins. */
  id: string;
  definition: AslDefinition;
  /** Its Task states as they stand in the file: each has a function and a token of its name. */
  tasks: readonly TaskState[];
}

export interface TaskState {
  state: string;
  /** What it is for. */
  comment: string;
}

function machine(name: string, id: string): Machine {
  const definition = readStateMachine(name);
  const tasks = [...eachState(definition)]
    .filter(({ state }) => state.Type === 'Task')
    .map(({ name: state, state: { Comment } }) => ({ state, comment: String(Comment) }));
  return { name, id, definition, tasks };
}

export const REGENERATE_PIN = machine('regenerate-pin', 'RegeneratePinStateMachine');
export const SWEEP_EXPIRING_PINS = machine('sweep-expiring-pins', 'SweepExpiringPinsStateMachine');
export const DISCOVER_PINS = machine('discover-pins', 'DiscoverPinsStateMachine');

export const MACHINES: readonly Machine[] = [REGENERATE_PIN, SWEEP_EXPIRING_PINS, DISCOVER_PINS];
