/** Discoveries: one item each, so that how far a reading is and what it found are saved together. */
import * as z from 'zod/mini';
import { DISCOVERY_LOOKS, DISCOVERY_STOPS, type Discovery } from '../../domain/batch/discovery.ts';
import { RecordConflictError } from '../../domain/errors.ts';
import { millisecondsOf } from '../../domain/time/instant.ts';
import type { Discoveries } from '../../ports/batch/discoveries.ts';
import { createItems, type TableOptions } from './items.ts';
import { count, instant, text } from './stored.ts';
import { DISCOVERIES_PARTITION, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from './table.ts';

/** What was found, beside the sweeps' reports. */
const KEPT_SECONDS = 366 * 24 * 60 * 60;
/** An EHR's page link is no good for longer, and its content is unknown. */
const UNFINISHED_SECONDS = 7 * 24 * 60 * 60;

const discoveryItem: z.ZodMiniType<Discovery> = z.object({
  id: text,
  version: text,
  execution: text,
  startedAt: instant,
  savedAt: instant,
  endedAt: z.nullable(instant),
  stoppedBy: z.nullable(z.enum(DISCOVERY_STOPS)),
  pages: count,
  documents: count,
  withoutPatient: count,
  counts: z.record(z.enum(DISCOVERY_LOOKS), count),
  failed: z.array(z.object({ patientId: text, error: text })),
  restarts: count,
  bookmark: z.nullable(text),
  circle: z.object({ mark: z.nullable(text), steps: count, limit: count }),
});

const RUN = 'RUN#';
const keyOfRun = (id: string) => ({ [PARTITION_KEY]: DISCOVERIES_PARTITION, [SORT_KEY]: `${RUN}${id}` });

export function createDynamoDbDiscoveries({ newId, ...table }: TableOptions & { newId(): string }): Discoveries {
  const items = createItems(table);

  async function read(id: string): Promise<Discovery | null> {
    const item = await items.get(keyOfRun(id));
    return item === null ? null : items.parse(discoveryItem, item);
  }

  async function list(limit: number): Promise<Discovery[]> {
    const { items: found } = await items.query({
      KeyConditionExpression: `${PARTITION_KEY} = :pk AND begins_with(${SORT_KEY}, :prefix)`,
      ExpressionAttributeValues: { ':pk': DISCOVERIES_PARTITION, ':prefix': RUN },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
    });
    return items.parseAll(discoveryItem, found);
  }

  return {
    read,
    list,
    latest: async () => (await list(1))[0] ?? null,
    async save(previous, next) {
      const saved: Discovery = { ...next, version: newId() };
      const isStored = await items.put(
        { ...keyOfRun(saved.id), ...saved, [TTL_ATTRIBUTE]: ttlOf(saved) },
        previous === null
          ? { ConditionExpression: `attribute_not_exists(${PARTITION_KEY})` }
          : {
              ConditionExpression: '#version = :previous',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':previous': previous.version },
            },
      );
      // The SDK repeats a call after a lost answer; then the condition fails on our own write.
      if (isStored || (await read(saved.id))?.version === saved.version) return saved;
      throw new RecordConflictError('DISCOVERY_CHANGED');
    },
  };
}

function ttlOf({ savedAt, endedAt }: Discovery): number {
  const seconds = Math.floor((millisecondsOf(endedAt ?? savedAt) ?? 0) / 1000);
  return seconds + (endedAt === null ? UNFINISHED_SECONDS : KEPT_SECONDS);
}
