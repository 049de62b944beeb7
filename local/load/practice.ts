/** Reads a practice from a file or a folder: FHIR R4 Bundles. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Bundle, FhirResource } from 'fhir/r4';
import { type Named, pathOfNamed, withLocalReferences } from './practice-references.ts';

/** What is wrong with a practice; the message names file, entry or `Type/id`, and the way out, and nothing else of a chart. */
export class PracticeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PracticeError';
  }
}

const BUNDLE_TYPES = ['transaction', 'batch', 'collection', 'searchset', 'document'];
const WANTED = 'Give a JSON file, or a folder of *.json files, each a FHIR R4 Bundle.';
/** https://hl7.org/fhir/R4/datatypes.html#id */
const FHIR_ID = /^[A-Za-z0-9.-]{1,64}$/;
/** What several files describe in their own way: Synthea counts in each patient's Organizations what that patient used. */
const DIRECTORY: readonly string[] = ['Organization', 'Practitioner', 'PractitionerRole', 'Location'];

/**
 * The practice at `path`: a JSON file, or every *.json of a folder in the order of their names, each a Bundle. Every resource
 * has an id, stands once, and refers to the others as `Type/id`, so that the Bundles can be loaded as they are.
 * @throws PracticeError
 */
export function readPractice(path: string): Bundle[] {
  const files = filesOf(path);
  const bundles = unique(files, withLocalReferences(files.map((file) => namedEntries(file, readBundle(file)))));
  const practice = bundles.map((bundle) => transactionOf(bundle.map(({ resource }) => resource)));
  if (patientIdsOf(practice).length === 0) throw new PracticeError(`The practice ${path} holds no Patient. ${WANTED}`);
  return practice;
}

/** The ids of all Patients, in the Bundles' order, each once. */
export function patientIdsOf(bundles: readonly Bundle[]): string[] {
  const resources = bundles.flatMap((bundle) => (bundle.entry ?? []).map((entry) => entry.resource));
  return [...new Set(resources.flatMap((each) => (each?.resourceType === 'Patient' && each.id ? [each.id] : [])))];
}

/** A transaction that puts each resource under its own id. */
export function transactionOf(resources: readonly FhirResource[]): Bundle {
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT' as const, url: `${resource.resourceType}/${resource.id}` },
  }));
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

function filesOf(path: string): string[] {
  const names = reading(path, () => (statSync(path).isDirectory() ? readdirSync(path) : null));
  if (names === null) return [path];
  const files = names.filter((name) => /\.json$/i.test(name)).sort();
  if (files.length > 0) return files.map((name) => join(path, name));
  const what = names.some((name) => /\.ndjson$/i.test(name)) ? 'NDJSON, but no *.json file' : 'no *.json file';
  throw new PracticeError(`The practice folder ${path} holds ${what}. ${WANTED}`);
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new PracticeError(`The practice ${path} cannot be read${code}. ${WANTED}`);
  }
}

function readBundle(file: string): Partial<Bundle> {
  // Some exports begin with a byte order mark, which JSON.parse refuses.
  const text = reading(file, () => readFileSync(file, 'utf8')).replace(/^\uFEFF/, '');
  const lines = text.split('\n', 50).filter((line) => line.trim() !== '');
  const isNdjson =
    /\.ndjson$/i.test(file) || (lines.length > 1 && lines.slice(0, 2).every((line) => isObject(parsed(line))));
  if (isNdjson) {
    throw new PracticeError(
      `The practice file ${file} is NDJSON, one resource a line: make it entries of a Bundle. ${WANTED}`,
    );
  }
  const json = parsed(text);
  // The parser's own message would show what is in the file.
  if (json === undefined) throw new PracticeError(`The practice file ${file} is no JSON. ${WANTED}`);
  if (!isObject(json) || json.resourceType !== 'Bundle' || (json.entry !== undefined && !Array.isArray(json.entry))) {
    throw new PracticeError(`The practice file ${file} is no Bundle. ${WANTED}`);
  }
  if (!BUNDLE_TYPES.includes(String(json.type))) {
    throw new PracticeError(
      `The Bundle in ${file} has a type that holds no charts. Use one of ${BUNDLE_TYPES.join(', ')}.`,
    );
  }
  return json as Partial<Bundle>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is read of a JSON object before anything is known of it. */
type Unchecked = Partial<Record<'resourceType' | 'type' | 'entry', unknown>>;

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function namedEntries(file: string, bundle: Partial<Bundle>): Named[] {
  const fullUrls = new Map<string, string>();
  return (bundle.entry ?? []).flatMap((entry, index) => {
    // What a search has to say about itself is no chart.
    if (entry?.search?.mode === 'outcome' || entry?.resource?.resourceType === 'OperationOutcome') return [];
    const where = `Entry ${index + 1} of ${file}`;
    const resource: unknown = entry?.resource;
    if (!isResource(resource)) {
      throw new PracticeError(`${where} has no resource with a resourceType. Remove the entry or give it one.`);
    }
    const named = {
      fullUrl: entry.fullUrl,
      resource: { ...resource, id: idOf(resource, entry.fullUrl, where, `${basename(file)} ${index}`) },
    };
    const path = pathOfNamed(named);
    if (named.fullUrl !== undefined && (fullUrls.get(named.fullUrl) ?? path) !== path) {
      throw new PracticeError(
        `${where} (${path}) has the fullUrl of another entry. Give each resource a fullUrl of its own.`,
      );
    }
    if (named.fullUrl !== undefined) fullUrls.set(named.fullUrl, path);
    return [named];
  });
}

function isResource(value: unknown): value is FhirResource {
  return isObject(value) && typeof value.resourceType === 'string' && /^[A-Z][A-Za-z]+$/.test(value.resourceType);
}

function idOf(resource: FhirResource, fullUrl: unknown, where: string, seed: string): string {
  const { resourceType } = resource;
  const fromUrl =
    typeof fullUrl === 'string' ? new RegExp(`^urn:uuid:(.+)$|/${resourceType}/([^/]+)$`).exec(fullUrl) : null;
  const id: unknown = resource.id ?? fromUrl?.[1] ?? fromUrl?.[2];
  if (id === undefined && resourceType !== 'Patient') {
    // Nothing can name it, so any id will do; the same one at every start.
    return createHash('sha256').update(seed).update(JSON.stringify(resource)).digest('hex').slice(0, 40);
  }
  if (id === undefined) {
    throw new PracticeError(`${where} is a Patient without id. Give it an id, or a fullUrl urn:uuid:….`);
  }
  if (typeof id === 'string' && FHIR_ID.test(id)) return id;
  throw new PracticeError(
    `${where} (${resourceType}) has no valid FHIR id: 1 to 64 letters, digits, "-" or ".". Change the id.`,
  );
}

/** Drops duplicates; refuses duplicates that differ, because either could be right. */
function unique(files: readonly string[], bundles: readonly Named[][]): Named[][] {
  const seen = new Map<string, { resource: FhirResource; file: string }>();
  return bundles.map((bundle, index) =>
    bundle.filter((named) => {
      const path = pathOfNamed(named);
      const file = files[index] ?? '';
      const first = seen.get(path);
      if (first === undefined) seen.set(path, { resource: named.resource, file });
      else if (!DIRECTORY.includes(named.resource.resourceType) && !isDeepStrictEqual(first.resource, named.resource)) {
        const both = first.file === file ? `twice in ${file}` : `in ${first.file} and in ${file}`;
        throw new PracticeError(`${path} stands ${both} and differs. Keep one of the two, or change an id.`);
      }
      return first === undefined;
    }),
  );
}
