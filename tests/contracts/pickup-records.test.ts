import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { createDynamoDbPickupRecords } from '../../functions/adapters/dynamodb/dynamodb-pickup-records.ts';
import { loseNextAnswer } from './lost-answer.ts';
import { describePickupRecords } from './pickup-records.contract.ts';
import { tableUnderTest } from './table-under-test.ts';

describePickupRecords('DynamoDB over HTTP, the local DynamoDB', async () => {
  const table = await tableUnderTest();
  const pickups = createDynamoDbPickupRecords({ ...table, newId: () => randomUUID() });
  return {
    pickups,
    withLostAnswer() {
      loseNextAnswer(table.client);
      return pickups;
    },
    items: async () => (await table.client.send(new ScanCommand({ TableName: table.table }))).Items ?? [],
    close: table.close,
  };
});
