import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { createDynamoDbWebhookRecords } from '../../functions/adapters/dynamodb/dynamodb-webhook-records.ts';
import { loseNextAnswer } from './lost-answer.ts';
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
      loseNextAnswer(table.client);
      return webhooks;
    },
    items: async () => (await table.client.send(new ScanCommand({ TableName: table.table }))).Items ?? [],
    close: table.close,
  };
});
