import type { HttpHandler } from '../http/http-messages.ts';
import type { LambdaHandler } from '../stepfunctions/step-functions.ts';

/** Wraps every service and every step; for tests that make them fail. */
export interface Around {
  /** @param prefix where the service is mounted, such as `/dynamodb` */
  service(prefix: string, handler: HttpHandler): HttpHandler;
  /** @param name of the Task state */
  step(name: string, handler: LambdaHandler): LambdaHandler;
}

export const NOTHING_AROUND: Around = {
  service: (_prefix, handler) => handler,
  step: (_name, handler) => handler,
};
