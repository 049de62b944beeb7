/** Stands in for Step Functions where an execution would be started: answers as it does, and counts. */

import { Readable } from 'node:stream';
import type { HttpHandler } from '../local/http/http-messages.ts';
import { readBody, send } from '../local/http/http-messages.ts';

export interface CountingExecutions {
  /** Stands around the local Step Functions, which still runs the sweep. */
  around(stepFunctions: HttpHandler): HttpHandler;
  /** How often StartExecution was asked for each name. */
  readonly started: ReadonlyMap<string, number>;
  /** Called at each start. */
  onStart: (count: number) => void;
}

/** @param machine name of the state machine with executions that are only counted */
export function createCountingExecutions(machine: string): CountingExecutions {
  const started = new Map<string, number>();
  const counting: CountingExecutions = {
    started,
    onStart: () => undefined,
    around: (stepFunctions) => async (req, res) => {
      const body = await readBody(req);
      const isStart = req.headers['x-amz-target'] === 'AWSStepFunctions.StartExecution';
      const { stateMachineArn = '', name = '' } = isStart ? JSON.parse(body.toString()) : {};
      if (!stateMachineArn.endsWith(`:${machine}`)) {
        req[Symbol.asyncIterator] = () => Readable.from([body])[Symbol.asyncIterator]();
        return stepFunctions(req, res);
      }
      started.set(name, (started.get(name) ?? 0) + 1);
      counting.onStart(started.size);
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      send(res, 200, 'application/x-amz-json-1.0', JSON.stringify({ executionArn, startDate: 0 }));
    },
  };
  return counting;
}
