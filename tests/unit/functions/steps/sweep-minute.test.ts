import type { Context } from 'aws-lambda';
import { afterEach, expect, it, vi } from 'vitest';
import { handler } from '../../../../functions/steps/sweep-minute.ts';

afterEach(() => vi.restoreAllMocks());

/** The work is tested where it stands: functions/usecases/batch. */
const invoke = (event: object) => Reflect.apply(handler, undefined, [event, {} as Context]);

it.each([
  ['no input', {}],
  ['a cursor of another shape', { execution: 's1', dryRun: false, cursor: { day: 1 } }],
  ['an unknown member', { execution: 's1', dryRun: false, cursor: null, patientId: 'p1' }],
])('refuses %s before it reads anything', async (_case, event) => {
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockReturnValue(true);
  await expect(invoke(event)).rejects.toMatchObject({ name: 'StepContractError' });
});
