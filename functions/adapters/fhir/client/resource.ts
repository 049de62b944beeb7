/** A FHIR resource as JSON, before anything of it was checked, and the version that a write of it is bound to. */
import type { AsRead } from '../../../ports/ehr/ehr.ts';

export type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string };

/** FHIR R4 id. The path segments `.` and `..` lead elsewhere. https://hl7.org/fhir/R4/datatypes.html#id */
const ID = /^(?!\.{1,2}$)[A-Za-z0-9.-]{1,64}$/;

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isResource(value: unknown): value is Resource {
  return isObject(value) && typeof value.resourceType === 'string';
}

/** The items of a JSON array; none where the value is no array. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** @param id as checked by the caller */
export function asReadOf(resource: Resource, id: string): AsRead {
  const { meta } = resource;
  const version = isObject(meta) && typeof meta.versionId === 'string' ? meta.versionId : null;
  return { id, version, resource };
}
