/** The local DynamoDB over HTTP, with the SDK's own client: what the contract suites of all records run against. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableOptions } from '../../functions/adapters/dynamodb/items.ts';
import type { Capacity } from '../../local/dynamodb/capacity-meter.ts';
import { createDynamoDb } from '../../local/dynamodb/dynamodb.ts';
import { createGateway } from '../../local/http/gateway.ts';

export interface TableUnderTest extends TableOptions {
  /** What was asked of it so far, in request units. */
  capacity: Capacity;
  /** The next PutItem takes effect, and its answer is lost; the SDK repeats it. */
  loseNextPut(): void;
  close(): Promise<void>;
}

/** @param lifetimeMs after which every call is given up */
export async function tableUnderTest(lifetimeMs = 300_000): Promise<TableUnderTest> {
  const table = 'portal-pin';
  const gateway = await createGateway({ port: 0 });
  const database = await createDynamoDb({ now: () => Date.parse('2026-06-15T12:00:00Z') });
  await database.createTable(table);
  let losesNextPut = false;
  gateway.mount('/dynamodb', (req, res) => {
    if (losesNextPut && String(req.headers['x-amz-target']).endsWith('.PutItem')) {
      losesNextPut = false;
      res.end = () => res.destroy();
    }
    return database.handle(req, res);
  });
  const client = new DynamoDBClient({
    endpoint: `${gateway.url}/dynamodb`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    client: DynamoDBDocumentClient.from(client),
    table,
    signal: AbortSignal.timeout(lifetimeMs),
    capacity: database.capacity,
    loseNextPut() {
      losesNextPut = true;
    },
    async close() {
      client.destroy();
      await gateway.close();
      await database.close();
    },
  };
}
