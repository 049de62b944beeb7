/** A connection that breaks after a write took effect: the SDK repeats the call. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** Loses the answer to the client's next call, once. */
export function loseNextAnswer(client: DynamoDBDocumentClient): void {
  let loses = true;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (!loses) return answer;
      loses = false;
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });
    },
    { step: 'deserialize', name: 'losesAnswer', override: true },
  );
}
