import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { createDynamoDbWebhookRecords } from '../../functions/adapters/dynamodb-webhook-records.ts';
import { tableUnderTest } from './table-under-test.ts';
import { describeWebhookRecords } from './webhook-records.contract.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');

describeWebhookRecords('DynamoDB over HTTP, the local DynamoDB', async () => {
  const table = await tableUnderTest();
  const webhooks = createDynamoDbWebhookRecords(table);
  return {
    webhooks,
    now: () => NOW,
    withLostAnswer() {
      let loses = true;
      table.client.middlewareStack.add(
        (next) => async (args) => {
          const answer = await next(args);
          if (!loses) return answer;
          loses = false;
          // As the SDK sees a connection that broke: it repeats the call.
          throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', name: 'TimeoutError' });
        },
        { step: 'deserialize', name: 'losesAnswer', override: true },
      );
      return webhooks;
    },
    items: async () => (await table.client.send(new ScanCommand({ TableName: table.table }))).Items ?? [],
    close: table.close,
  };
});
