import type { Stored } from './chart-store.ts';
import { isResourceType } from './definitions.ts';

/** Practice data that the simulator cannot serve. Its message names the resource and what to do. Not retryable. */
export class PracticeDataError extends Error {
  override readonly name = 'PracticeDataError';
}

/** A FHIR R4 Bundle; its resources have ids and refer to others as `Type/id`. */
export interface PreparedBundle {
  readonly resourceType: string;
  readonly entry?: readonly { readonly resource?: object | undefined }[] | undefined;
}

/** https://hl7.org/fhir/R4/datatypes.html#id: what a URL of the server can hold. */
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * The resources of the Bundles, as they are.
 * @throws PracticeDataError for one that no address of the server could name
 */
export function resourcesOf(bundles: readonly PreparedBundle[]): Stored[] {
  return bundles.flatMap(({ entry = [] }) => entry.flatMap(({ resource }) => (resource ? [servable(resource)] : [])));
}

function servable(resource: { resourceType?: unknown; id?: unknown }): Stored {
  const { resourceType, id } = resource;
  if (typeof resourceType !== 'string' || !isResourceType(resourceType)) {
    throw new PracticeDataError(
      `${resourceType}/${id}: FHIR R4 has no such resourceType. Correct or remove the entry.`,
    );
  }
  if (typeof id !== 'string' || !ID.test(id)) {
    throw new PracticeDataError(
      `A ${resourceType} has no usable id. Give it one (letters, digits, "-" and "."; at most 64).`,
    );
  }
  return resource as Stored;
}
