/**
 * What `--data` keeps. Every change is written before its answer leaves, so that every confirmed change is there
 * again after a restart, also after `kill -9`. What a crash of the whole machine may cost is what its disk had not got yet.
 */
import { randomBytes } from 'node:crypto';
import type { Level } from 'level';
import type { Keep, Stored, Written } from '../ehr/chart-store.ts';
import type { Mail, MailKeep } from '../ses/mailbox.ts';
import type { KeepExecution, StoredExecution } from '../stepfunctions/execution.ts';
import { damaged, KeptDataError, openKeptFolder, removeUnfinishedTable } from './kept-folder.ts';

/** Rises with every change of what is written here. */
const FORMAT = 3;

/** The practice that was loaded. */
export interface KeptPractice {
  /** Of the Bundles, or `demo`. */
  fingerprint: string;
  /** To what instant the demo practice is relative, ms since the epoch. */
  seededAt: number;
  /** In the order of the Bundles. */
  patientIds: string[];
  /** False while it is being loaded; then the next start loads it again. */
  loaded: boolean;
}

interface Identity {
  format: number;
  fingerprintKey: string;
}

interface KeptVersion {
  resource: Stored;
  isDeleted: boolean;
}

export interface KeptState {
  chart: Written[];
  mails: Mail[];
  executions: StoredExecution[];
}

export interface Kept {
  /** Of the database. */
  readonly tablePath: string;
  /** The local KMS's key, 32 bytes in base64: fingerprints in the table are of it. */
  readonly fingerprintKey: string;
  readonly offsetMs: number;
  /** Whether the latest move of the clock was stopped before everything that had become due was done. */
  readonly isMoveUnfinished: boolean;
  readonly practice: KeptPractice | null;
  /** What was kept, to be put back before anything runs. */
  read(): Promise<KeptState>;
  readonly keepChart: Keep;
  readonly keepMail: MailKeep;
  readonly keepExecution: KeepExecution;
  /** Begins a move of the clock. */
  keepOffset(offsetMs: number): Promise<void>;
  /** The move is over, with all that had become due. */
  keepMoved(): Promise<void>;
  keepPractice(practice: KeptPractice | null): Promise<void>;
  /** Says that the database has its table. */
  keepTable(): Promise<void>;
  /** Rejects when something cannot be written: the process must end then, because no request is answered any more. */
  readonly broken: Promise<never>;
  close(): Promise<void>;
}

/** Eleven digits: keys sort as their numbers. */
const place = (n: number): string => String(n).padStart(11, '0');

/** @throws KeptDataError for a folder that is not ours, not whole, not to be opened, or in use */
export async function openKept(folder: string): Promise<Kept> {
  const { level, tablePath, hasTable } = await openKeptFolder(folder);
  const part = <T>(name: string) => level.sublevel<string, T>(name, { valueEncoding: 'json' });
  const meta = part<unknown>('meta');
  const [chart, mails, executions] = [
    part<KeptVersion>('chart'),
    part<Mail>('mails'),
    part<StoredExecution>('executions'),
  ];
  const write = guarded(folder);

  const readable = <T>(reading: () => Promise<T>): Promise<T> =>
    reading().catch(async (error) => {
      await level.close();
      throw error instanceof KeptDataError ? error : damaged(folder, String(error));
    });
  const facts = await readable(async () => {
    const tableMade = (await meta.get('table')) === true;
    if (tableMade && !hasTable) throw damaged(folder, 'the table is missing');
    const { fingerprintKey } = await identityOf(level, folder, tableMade || hasTable);
    if (!tableMade) removeUnfinishedTable(tablePath);
    const offsetMs = ((await meta.get('offset')) as number | undefined) ?? 0;
    const isMoveUnfinished = (await meta.get('moving')) === true;
    return { fingerprintKey, offsetMs, isMoveUnfinished };
  });
  let practice = ((await meta.get('practice')) as KeptPractice | null | undefined) ?? null;
  let mailPlace = Number((await mails.keys({ reverse: true, limit: 1 }).all())[0] ?? -1) + 1;

  return {
    ...facts,
    read: () =>
      readable(async () => ({
        chart: writtenOf(await chart.iterator().all()),
        mails: await mails.values().all(),
        executions: await executions.values().all(),
      })),
    tablePath,
    get practice() {
      return practice;
    },
    keepChart: (written) => write.take(() => chart.batch(written.flatMap(versionsToPut))),
    keepMail: {
      add: (mail) => write.take(() => mails.put(place(mailPlace++), mail)),
      clear: () => write.take(() => mails.clear()),
    },
    keepExecution: (execution) => write.take(() => executions.put(place(execution.seq), execution)),
    keepOffset: (offsetMs) =>
      write.take(() =>
        meta.batch([
          { type: 'put', key: 'offset', value: offsetMs },
          { type: 'put', key: 'moving', value: true },
        ]),
      ),
    keepMoved: () => write.take(() => meta.put('moving', false)),
    keepPractice: async (next) => {
      await write.take(() => meta.put('practice', next));
      practice = next;
    },
    keepTable: () => write.take(() => meta.put('table', true)),
    broken: write.broken,
    close: () => {
      write.end();
      return level.close();
    },
  };
}

/** The identity is written before everything else, so that a store without it must be empty. */
async function identityOf(level: Level<string, unknown>, folder: string, isUsed: boolean): Promise<Identity> {
  const meta = level.sublevel<string, unknown>('meta', { valueEncoding: 'json' });
  const identity = (await meta.get('identity')) as Identity | undefined;
  if (identity === undefined) {
    if (isUsed || (await level.keys({ limit: 1 }).all()).length > 0) throw damaged(folder, 'its identity is missing');
    const fresh = { format: FORMAT, fingerprintKey: randomBytes(32).toString('base64') };
    await meta.put('identity', fresh);
    return fresh;
  }
  if (identity.format !== FORMAT) {
    throw new KeptDataError(
      `The data in ${folder} has format ${identity.format}, this version reads ${FORMAT}. Give an empty folder to --data.`,
    );
  }
  return identity;
}

function versionsToPut({ order, versions, isDeleted }: Written) {
  return versions.map((resource, index) => ({
    type: 'put' as const,
    key: `${place(order)}/${place(Number(resource.meta?.versionId))}`,
    value: { resource, isDeleted: isDeleted && index === versions.length - 1 },
  }));
}

function writtenOf(entries: readonly (readonly [string, KeptVersion])[]): Written[] {
  const byOrder = new Map<number, { order: number; versions: Stored[]; isDeleted: boolean }>();
  for (const [key, { resource, isDeleted }] of entries) {
    const order = Number(key.split('/')[0]);
    const written = byOrder.get(order);
    if (written === undefined) byOrder.set(order, { order, versions: [resource], isDeleted });
    else {
      written.versions.push(resource);
      written.isDeleted = isDeleted;
    }
  }
  return [...byOrder.values()];
}

/** Writes that either succeed or never end: what could not be kept must not be answered. */
function guarded(folder: string) {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined); // no listener may be left
  let ended = false;
  const take = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!ended) reject(new KeptDataError(`The data folder ${folder} cannot be written: ${error}`));
      await new Promise<never>(() => undefined);
    }
  };
  return {
    take,
    broken,
    end: () => {
      ended = true;
    },
  };
}
