/** How a good request is spoiled. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { type Sending, sendings } from './good-requests.ts';

type Spoilt = fc.Arbitrary<APIGatewayProxyEventV2>;

/** Spoils a good sending by something that is generated beside it. */
export function spoilt<T>(by: fc.Arbitrary<T>, spoil: (sending: Sending, by: T) => APIGatewayProxyEventV2): Spoilt {
  return fc.tuple(sendings, by).map(([sending, each]) => spoil(sending, each));
}
export const asBytes = (request: APIGatewayProxyEventV2, bytes: Buffer): APIGatewayProxyEventV2 => ({
  ...request,
  body: bytes.toString('base64'),
  isBase64Encoded: true,
});
export const fraction = fc.double({ min: 0, max: 0.999, noNaN: true });

/** By name: what may be answered, and the requests. */
export type Kinds = Record<string, { statuses: readonly number[]; requests: Spoilt }>;
