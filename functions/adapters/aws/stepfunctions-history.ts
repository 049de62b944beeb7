/**
 * Step Functions' events with what they leave out: the state each of them happened in, and which attempt it was. Our
 * machines have no Parallel and no Map, so that one event follows the other.
 */
import type { HistoryEvent as SdkEvent } from '@aws-sdk/client-sfn';
import type { HistoryEvent } from '../../ports/case/executions.ts';

/** Where in the machine a history is. */
export interface Place {
  /** Null: in no state yet, or in none any more. */
  state: string | null;
  /** Calls of the state's function since it was entered. */
  attempt: number;
}

/** JSON as it was written; text that is none, for example because it was cut, as it is; null where there is nothing. */
export function parsed(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The events that follow on `place`, and the place after them. */
export function readEvents(events: readonly SdkEvent[], place: Place): { events: HistoryEvent[] } & Place {
  let { state, attempt } = place;
  const read = events.map((event): HistoryEvent => {
    const { id = 0, timestamp, type = '' } = event;
    const entered = event.stateEnteredEventDetails;
    if (entered !== undefined) [state, attempt] = [entered.name ?? null, 0];
    if (type.startsWith('Execution')) state = null;
    if (type === 'TaskScheduled') attempt += 1;
    const isOfTask = /^(Task|Lambda|Activity)/.test(type) && !type.includes('State');
    return {
      id,
      at: (timestamp ?? new Date(0)).toISOString(),
      type,
      state: event.stateExitedEventDetails?.name ?? state,
      attempt: isOfTask && attempt > 0 ? attempt : null,
      ...detailsOf(event),
    };
  });
  return { events: read, state, attempt };
}

/** What a function was given and answered, without the call's own wrapping. */
function payload(text: string | undefined): unknown {
  const call = parsed(text);
  return typeof call === 'object' && call !== null && 'Payload' in call ? call.Payload : call;
}

type Details = Pick<HistoryEvent, 'input' | 'output' | 'error' | 'cause'>;

function detailsOf(event: SdkEvent): Details {
  const failure =
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.executionFailedEventDetails ??
    event.executionTimedOutEventDetails ??
    event.executionAbortedEventDetails;
  return {
    input:
      event.taskScheduledEventDetails === undefined
        ? parsed(event.stateEnteredEventDetails?.input ?? event.executionStartedEventDetails?.input)
        : payload(event.taskScheduledEventDetails.parameters),
    output:
      event.taskSucceededEventDetails === undefined
        ? parsed(event.stateExitedEventDetails?.output ?? event.executionSucceededEventDetails?.output)
        : payload(event.taskSucceededEventDetails.output),
    error: failure?.error ?? null,
    cause: failure?.cause ?? null,
  };
}
