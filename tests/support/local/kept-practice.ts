/** A practice on disk for `npm start -- --practice`, and what a running one shows from outside. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from 'fhir/r4';

/** What `npm start -- --once --json` prints, as far as the tests look at it. */
export interface Result {
  patients: { patientId: string; outcome: string | null; attempts: number; durationMs: number }[];
  counts: Record<string, number>;
  failed: { patientId: string; error: string }[];
}

/** The mailbox's store. */
export interface Mails {
  emails: { messageId: string; destination: { to: string[] } }[];
}

export const json = async <T>(url: string, headers = {}): Promise<T> =>
  (await (await fetch(url, { headers })).json()) as T;

/** Writes the Bundles, a file each; answers the folder. */
export function writePractice(folder: string, name: string, bundles: readonly Bundle[]): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [index, bundle] of bundles.entries()) {
    writeFileSync(join(path, `${String(index).padStart(4, '0')}.json`), JSON.stringify(bundle));
  }
  return path;
}

/** For an SDK's client of the local platform. */
export const client = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

export const machine = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;

/** mulberry32: the same moments at every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
