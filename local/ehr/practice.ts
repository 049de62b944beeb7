import type { Resource } from '@medplum/fhirtypes';
import type { Stored } from './chart-store.ts';
import { isResourceType } from './definitions.ts';

/** Practice data that the simulator cannot serve. Its message names the place and what to do. Not retryable. */
export class PracticeDataError extends Error {
  override readonly name = 'PracticeDataError';
}

const BUNDLE_TYPES = new Set(['transaction', 'batch', 'collection', 'searchset']);
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * The resources of FHIR R4 Bundles as they are, with every reference by `fullUrl` (urn:uuid: or absolute) replaced by `Type/id`,
 * and those by NPI search (`Practitioner?identifier=…`, as Synthea writes them) where exactly one resource fits. What refers to
 * nothing in the bundles is left as it is.
 * @param names of the bundles for messages, e.g. file names
 * @throws PracticeDataError
 */
export function resourcesOf(bundles: readonly unknown[], names: readonly string[] = []): Stored[] {
  const everywhere = new Map<string, string>();
  const perBundle = bundles.map((bundle, i) => {
    const name = names[i] ?? `bundle ${i + 1}`;
    const resources = entriesOf(bundle, name).flatMap((entry, k) => readEntry(entry, `${name}, entry ${k + 1}`));
    const own = new Map<string, string>();
    for (const { resource, fullUrl } of resources) {
      const reference = `${resource.resourceType}/${resource.id}`;
      if (fullUrl) own.set(fullUrl, reference);
      for (const address of addressesOf(resource)) own.set(address, reference);
    }
    for (const [address, reference] of own) everywhere.set(address, reference);
    return { resources, own };
  });
  return perBundle.flatMap(({ resources, own }) => {
    const resolve = (reference: string) => own.get(reference) ?? everywhere.get(reference) ?? reference;
    return resources.map(({ resource }) => withReferences(resource, resolve) as Stored);
  });
}

function entriesOf(bundle: unknown, name: string): unknown[] {
  if (!isRecord(bundle) || bundle.resourceType !== 'Bundle') {
    throw new PracticeDataError(`${name}: not a FHIR Bundle. Give JSON files whose resourceType is Bundle.`);
  }
  if (typeof bundle.type !== 'string' || !BUNDLE_TYPES.has(bundle.type)) {
    throw new PracticeDataError(
      `${name}: a Bundle of this type cannot be loaded. Use ${[...BUNDLE_TYPES].join(', ')}.`,
    );
  }
  if (bundle.entry !== undefined && !Array.isArray(bundle.entry)) {
    throw new PracticeDataError(`${name}: Bundle.entry is not a list. Give the Bundle a list of entries.`);
  }
  return bundle.entry ?? [];
}

function readEntry(entry: unknown, place: string): { resource: Stored; fullUrl: string | undefined }[] {
  const resource = isRecord(entry) ? entry.resource : undefined;
  if (!isRecord(entry) || !isRecord(resource)) {
    throw new PracticeDataError(`${place}: holds no resource. Remove the entry or give it one.`);
  }
  const { resourceType } = resource;
  if (typeof resourceType !== 'string' || !isResourceType(resourceType)) {
    throw new PracticeDataError(`${place}: resourceType is not one of FHIR R4. Correct or remove the entry.`);
  }
  // A search may have added remarks to its result.
  if (resourceType === 'OperationOutcome') return [];
  const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined;
  const id = resource.id ?? fullUrl?.match(/^urn:uuid:(.+)$/)?.[1];
  if (typeof id !== 'string' || !ID.test(id)) {
    throw new PracticeDataError(
      `${place}: this ${resourceType} has no usable id. Give it one (letters, digits, "-" and "."; at most 64).`,
    );
  }
  return [{ resource: { ...resource, resourceType, id } as Stored, fullUrl }];
}

/** The search by identifier under which other resources may refer to this one. */
function addressesOf(resource: Resource): string[] {
  if (!('identifier' in resource) || !Array.isArray(resource.identifier)) return [];
  return resource.identifier.flatMap(({ system, value }) =>
    system && value ? [`${resource.resourceType}?identifier=${system}|${value}`] : [],
  );
}

function withReferences(value: unknown, resolve: (reference: string) => string, name?: string): unknown {
  if (typeof value === 'string') return name === 'reference' ? resolve(value) : value;
  if (Array.isArray(value)) return value.map((item) => withReferences(item, resolve, name));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withReferences(child, resolve, key)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
