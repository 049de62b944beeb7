/** The folder of `--data`: whether it is ours, complete and not in use. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Level } from 'level';

/** The folder cannot be used; the message says why and what to do. Nothing in it was changed. */
export class KeptDataError extends Error {
  override readonly name = 'KeptDataError';
}

/** Marks the folder as ours; written before anything else. */
const MARK = 'KEPT-BY-PORTAL-PIN';
const MARK_TEXT =
  'A practice kept by `npm start -- --data`: chart, table, mailbox, executions. Delete the whole folder or nothing.\n';

export interface KeptFolder {
  /** Open, and locked for this process. */
  level: Level<string, unknown>;
  /** Of the database. */
  tablePath: string;
  /** Whether the database was there already. */
  hasTable: boolean;
}

/**
 * Opens `folder`, which is made when it is missing. Only an empty folder becomes ours.
 * @throws KeptDataError
 */
export async function openKeptFolder(folder: string): Promise<KeptFolder> {
  prepare(folder);
  const tablePath = join(folder, 'table');
  const level = await openLevel(folder, join(folder, 'practice'));
  return { level, tablePath, hasTable: existsSync(join(tablePath, 'CURRENT')) };
}

/** A store that cannot be read as a whole is worth nothing: chart and records would contradict each other. */
export function damaged(folder: string, what: string): KeptDataError {
  return new KeptDataError(
    `The data in ${folder} is damaged (${what}). Restore the folder from a copy, or give an empty one.`,
  );
}

/** A database without its table, from an interrupted first start, holds nothing yet. */
export function removeUnfinishedTable(tablePath: string): void {
  rmSync(tablePath, { recursive: true, force: true });
}

function prepare(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const names = readdirSync(folder);
    if (!names.includes(MARK)) {
      if (names.length > 0) {
        throw new KeptDataError(
          `${folder} is not empty and holds no data of Portal PIN. Give an empty or a new folder to --data.`,
        );
      }
      writeFileSync(join(folder, MARK), MARK_TEXT, { mode: 0o600 });
    }
    chmodSync(folder, 0o700); // it holds charts and PINs
  } catch (error) {
    if (error instanceof KeptDataError) throw error;
    throw new KeptDataError(
      `The data folder ${folder} cannot be used (${reasonOf(error)}). Give another one to --data.`,
    );
  }
}

async function openLevel(folder: string, path: string): Promise<Level<string, unknown>> {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // LevelDB would make a new store beside the files of one that lost its CURRENT, and then delete these.
  const names = readdirSync(path);
  const createIfMissing = !names.some((name) => /\.(ldb|sst|log)$/.test(name));
  const level = new Level<string, unknown>(path, { valueEncoding: 'json', createIfMissing });
  try {
    await level.open();
    return level;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED') {
      throw new KeptDataError(`Another process uses ${folder}. Stop it, or give another folder to --data.`);
    }
    throw damaged(folder, reasonOf(cause));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
