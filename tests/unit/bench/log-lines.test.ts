import { describe, expect, it } from 'vitest';
import { ingestedBytes, stepFunctionsLines } from '../../../bench/log-lines.ts';

describe('log lines that AWS writes', () => {
  it('are charged by their UTF-8 bytes and 26 for each', () => {
    expect(ingestedBytes(['abc', 'é'])).toBe(3 + 2 + 2 * 26);
    expect(ingestedBytes([])).toBe(0);
  });

  it('tell each event of an execution as Step Functions logs it', () => {
    const timestamp = new Date(1_700_000_000_000);
    const [line = ''] = stepFunctionsLines('arn:x', [
      {
        id: 2,
        previousEventId: 1,
        timestamp,
        type: 'TaskStateEntered',
        stateEnteredEventDetails: { name: 'VerifyEmail' },
      },
    ]);
    expect(JSON.parse(line)).toEqual({
      id: '2',
      type: 'TaskStateEntered',
      details: { name: 'VerifyEmail' },
      redrive_count: '0',
      previous_event_id: '1',
      event_timestamp: '1700000000000',
      execution_arn: 'arn:x',
    });
  });
});
