import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDb } from '../../local/dynamodb/dynamodb.ts';
import { createGateway } from '../../local/http/gateway.ts';
import { tableRecords } from '../support/worlds/table-records.ts';
import { describeCaseRecords, type RecordsUnderTest } from './case-records.contract.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const TABLE = 'portal-pin';

/** The DynamoDB adapter with the SDK's own client, over HTTP, against the local DynamoDB. */
async function dynamoDbOverHttp(): Promise<RecordsUnderTest> {
  const gateway = await createGateway({ port: 0 });
  const database = await createDynamoDb({ now: () => NOW });
  await database.createTable(TABLE);
  let losesNextUpdate = false;
  gateway.mount('/dynamodb', (req, res) => {
    if (losesNextUpdate && String(req.headers['x-amz-target']).endsWith('.UpdateItem')) {
      losesNextUpdate = false;
      res.end = () => res.destroy();
    }
    return database.handle(req, res);
  });
  const client = new DynamoDBClient({
    endpoint: `${gateway.url}/dynamodb`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const records = tableRecords({
    client: DynamoDBDocumentClient.from(client),
    table: TABLE,
    signal: AbortSignal.timeout(60_000),
    newId: () => randomUUID(),
  });
  return {
    records,
    now: () => NOW,
    withLostAnswer() {
      losesNextUpdate = true;
      return records;
    },
    async close() {
      client.destroy();
      await gateway.close();
      await database.close();
    },
  };
}

describeCaseRecords('DynamoDB over HTTP, the local DynamoDB', dynamoDbOverHttp);
