/** Step Functions as it is on a bad minute: it takes a few starts, then refuses some, then is well again. */

import type { HttpHandler } from '../../../local/http/http-messages.ts';
import { readBody, send } from '../../../local/http/http-messages.ts';
import { STATE_MACHINE, SWEEP_MACHINE } from '../../../local/settings/environment.ts';
import { giveBack } from '../../support/harness/outside-call.ts';

/** So many of the sweep's starts go well first. */
const WELL = 1;
/** Then so many requests are refused: the SDK tries a call three times, so that two calls fail. */
const REFUSED = 6;

export interface AwsHiccup {
  /** Stands around the local Step Functions. */
  around(stepFunctions: HttpHandler): HttpHandler;
  /** It will be unwell when the next sweep starts its patients. */
  begin(): void;
  /** Whether starts were refused since it began. */
  end(): boolean;
}

export function createAwsHiccup(): AwsHiccup {
  let [well, left, refused] = [0, 0, 0];
  let isSweeping = false;
  return {
    begin() {
      [well, left, refused] = [WELL, REFUSED, 0];
      isSweeping = false;
    },
    end() {
      const wasUnwell = refused > 0;
      [well, left, refused] = [0, 0, 0];
      return wasUnwell;
    },
    around: (stepFunctions) => async (req, res) => {
      if (left === 0 || !String(req.headers['x-amz-target']).endsWith('.StartExecution'))
        return stepFunctions(req, res);
      const body = await readBody(req);
      giveBack(req, body);
      const { stateMachineArn } = JSON.parse(body.toString());
      if (stateMachineArn.endsWith(`:${SWEEP_MACHINE}`)) isSweeping = true;
      const isOfSweep = isSweeping && stateMachineArn.endsWith(`:${STATE_MACHINE}`);
      if (!isOfSweep || well-- > 0) return stepFunctions(req, res);
      left -= 1;
      refused += 1;
      send(res, 503, 'application/x-amz-json-1.0', JSON.stringify({ __type: 'ServiceUnavailable', message: 'later' }));
    },
  };
}
