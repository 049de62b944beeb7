/** References as charts hold them: relative, absolute, versioned, contained, logical. https://hl7.org/fhir/R4/references.html */
import { isId, isObject } from './resource.ts';

const RELATIVE = /^([A-Z][A-Za-z]{1,63})\/([^/]+)(?:\/_history\/[^/]+)?$/;

/**
 * `Type/id` of a reference, without server and version. Null where it names no resource of this server: contained and
 * logical references, and those to another server.
 * @param base the FHIR base URL, without a final slash
 */
export function pathOf(reference: unknown, base: string): string | null {
  if (!isObject(reference) || typeof reference.reference !== 'string') return null;
  const text = reference.reference;
  const relative = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text;
  const [, type, id] = RELATIVE.exec(relative) ?? [];
  return type !== undefined && isId(id) ? `${type}/${id}` : null;
}

/** The id of a `Type/id` path of this type; null for another type, or none. */
export function idIn(path: string | null, type: string): string | null {
  return path?.startsWith(`${type}/`) ? path.slice(type.length + 1) : null;
}
