/** What every implementation of the Executions port must do: a name is started once, and can be asked about. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executionName } from '../../functions/domain/identity.ts';
import type { ExecutionInput, Executions } from '../../functions/ports/case/executions.ts';

export interface ExecutionsUnderTest {
  executions: Executions;
  now(): number;
  /** The inputs of all executions that were really started, in order. */
  started(): ExecutionInput[];
  /** Lets every execution that runs end well or fail. */
  end(how: 'SUCCEEDED' | 'FAILED'): Promise<void>;
  close(): Promise<void>;
}

export function describeExecutions(name: string, make: () => Promise<ExecutionsUnderTest>): void {
  describe(`Executions: ${name}`, () => {
    let under: ExecutionsUnderTest;
    let patients = 0;
    const order = () => {
      const patientId = `p${++patients}`;
      return { name: executionName(patientId, 1), input: { patientId, attempt: 1, force: null } };
    };
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under.close());

    it('knows nothing of a name that was never started', async () => {
      expect(await under.executions.describe(order().name)).toBeNull();
    });

    it('starts the name with its input, and says that it runs', async () => {
      const { name: execution, input } = order();
      const arn = await under.executions.start(execution, input);
      expect(arn).toContain(execution);
      expect(under.started()).toContainEqual(input);
      expect(await under.executions.describe(execution)).toEqual({ status: 'RUNNING', arn, stoppedAt: null });
      await under.end('SUCCEEDED');
    });

    it('is idempotent by name while it runs', async () => {
      const { name: execution, input } = order();
      const arns = await Promise.all([1, 2, 3].map(() => under.executions.start(execution, input)));
      expect(new Set(arns).size).toBe(1);
      expect(under.started().filter((each) => each.patientId === input.patientId)).toHaveLength(1);
      await under.end('SUCCEEDED');
    });

    it.each(['SUCCEEDED', 'FAILED'] as const)(
      'answers with the one that %s, and starts it no second time',
      async (how) => {
        const { name: execution, input } = order();
        const arn = await under.executions.start(execution, input);
        await under.end(how);
        expect(await under.executions.start(execution, input)).toBe(arn);
        expect(await under.executions.start(execution, { ...input, force: 'r1' })).toBe(arn);
        expect(under.started().filter((each) => each.patientId === input.patientId)).toHaveLength(1);
        expect(await under.executions.describe(execution)).toEqual({ status: how, arn, stoppedAt: under.now() });
      },
    );

    it('answers with the one that runs, although the input differs', async () => {
      const { name: execution, input } = order();
      const arn = await under.executions.start(execution, input);
      expect(await under.executions.start(execution, { ...input, force: 'r1' })).toBe(arn);
      expect(under.started().filter((each) => each.patientId === input.patientId)).toEqual([input]);
      await under.end('SUCCEEDED');
    });
  });
}
