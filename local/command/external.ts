/** `npm start -- --ehr`: the platform against an external FHIR server. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from 'fhir/r4';
import { isStepError } from '../../functions/domain/errors.ts';
import type { SignedPinsPage } from '../../functions/ports/ehr/ehr.ts';
import { accessTo } from '../external-ehr/access.ts';
import { checkExternalEhr } from '../external-ehr/check.ts';
import { createExternalEhr, ExternalEhrError } from '../external-ehr/external-ehr.ts';
import { loadThroughApi } from '../external-ehr/load.ts';
import { outsidePorts } from '../http/ports.ts';
import { patientIdsOf, readPractice } from '../load/practice.ts';
import type { External } from '../platform/services.ts';
import type { StartOptions } from './options.ts';

export interface OpenedExternal {
  external: External;
  /** The policy to run by: a loaded practice's Organizations have the server's ids in it. */
  policyFile: string;
  /** The server's ids of the patients that were loaded. */
  loadedIds: string[];
  /** Removes what was written for this run. */
  close(): void;
}

/** The first line of a start: what happens to which chart. */
export function announcement({ ehr, dryRun }: StartOptions): string {
  return dryRun
    ? `Portal PIN reads the chart at ${ehr} and writes nothing to it (dry run).`
    : `Portal PIN writes to the chart at ${ehr}. Mails stay in the mailbox of this machine.`;
}

/**
 * Checks the server, then loads the practice where one is given.
 * @throws ExternalEhrError, PracticeError
 */
export async function openExternal(baseUrl: string, options: StartOptions): Promise<OpenedExternal> {
  const given = options.practice === null ? null : readPractice(options.practice);
  const files = { client: options.ehrClient, token: options.ehrTokenFile };
  const ehr = createExternalEhr(baseUrl, await accessTo(baseUrl, files));
  const external = { ehr, ownBase: await checkExternalEhr(ehr), isReadOnly: options.dryRun };
  if (given === null) return { external, policyFile: options.policy, loadedIds: [], close: () => undefined };
  // A token of its own: the workflow may create no Patient.
  const loader = createExternalEhr(baseUrl, await accessTo(baseUrl, files, creating(given)));
  const created = await loadThroughApi(loader, given);
  const loadedIds = patientIdsOf(given).flatMap((id) => created.get(`Patient/${id}`)?.split('/')[1] ?? []);
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-'));
  const policyFile = join(folder, 'policy.json');
  writeFileSync(policyFile, policyWith(options.policy, created));
  return { external, policyFile, loadedIds, close: () => rmSync(folder, { recursive: true, force: true }) };
}

function creating(bundles: readonly Bundle[]): string[] {
  const types = bundles.flatMap(({ entry = [] }) => entry.flatMap(({ resource }) => resource?.resourceType ?? []));
  return [...new Set(types)].map((type) => `system/${type}.c`);
}

/** The policy names Organizations by id, and the server gave them new ones. */
function policyWith(file: string, created: ReadonlyMap<string, string>): string {
  return JSON.stringify(JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')), (key, value: unknown) =>
    key === 'organization' && typeof value === 'string' ? (created.get(value) ?? value) : value,
  );
}

/** The patients to take through the workflow, each once: loaded, named, discovered. */
export async function patientsOf(
  { idle, patients, discover }: StartOptions,
  loadedIds: readonly string[],
): Promise<string[]> {
  if (idle) return [];
  return [...new Set([...loadedIds, ...patients, ...(discover ? await discovered() : [])])];
}

/** Every patient named by a signed PIN document. */
async function discovered(): Promise<string[]> {
  const { ehr } = outsidePorts();
  const found = new Set<string>();
  let bookmark: string | null = null;
  do {
    const page: SignedPinsPage | null = await ehr.listSignedPins(bookmark).catch((error: unknown) => {
      if (!isStepError(error)) throw error;
      throw new ExternalEhrError(
        `The signed PIN documents cannot be listed (${error.code}): name patients by --patient.`,
      );
    });
    for (const id of page?.patientIds ?? []) found.add(id);
    bookmark = page?.next ?? null;
  } while (bookmark !== null);
  return [...found];
}
