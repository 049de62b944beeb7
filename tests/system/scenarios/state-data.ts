import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** Design, "State data": under 1 KB at every state, also with a caught error. */
export const STATE_DATA_BYTES = 1024;

/** What a state was given and what it handed on, payloads of its function included. */
export function dataOf(event: HistoryEvent): { state: string; text: string }[] {
  const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
  const found = [
    { state: `into ${entered?.name}`, text: entered?.input },
    { state: `out of ${exited?.name}`, text: exited?.output },
    { state: 'to a function', text: event.taskScheduledEventDetails?.parameters },
  ];
  return found.flatMap(({ state, text }) => (text === undefined ? [] : [{ state, text }]));
}
