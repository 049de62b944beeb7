/** Bundles name their resources by fullUrl, urn:uuid or a search; a chart names them `Type/id`. */
import type { FhirResource } from 'fhir/r4';

/** A resource that has its id, with the fullUrl that others may name it by. */
export interface Named {
  fullUrl: string | undefined;
  resource: FhirResource & { id: string };
}

export function pathOfNamed({ resource }: Named): string {
  return `${resource.resourceType}/${resource.id}`;
}

/** The resources of each Bundle with every reference that one of them resolves as `Type/id`, however deep it stands. */
export function withLocalReferences(bundles: readonly (readonly Named[])[]): Named[][] {
  const everywhere = namesOf(bundles.flat());
  return bundles.map((bundle) => {
    // A fullUrl counts within its Bundle first; a second file may hold what the first refers to.
    const here = namesOf(bundle);
    const resolve = (reference: string): string => here.get(reference) ?? everywhere.get(reference) ?? reference;
    return bundle.map(({ fullUrl, resource }) => ({ fullUrl, resource: withReferences(resource, resolve) }));
  });
}

/** What each name stands for; null where it stands for several, for a guess could name the wrong provider. */
function namesOf(named: readonly Named[]): Map<string, string | null> {
  const names = new Map<string, string | null>();
  for (const each of named) {
    const path = pathOfNamed(each);
    const aliases = [each.fullUrl, ...conditionalReferences(each.resource)];
    for (const alias of aliases) {
      if (alias === undefined) continue;
      const isTaken = names.has(alias) && names.get(alias) !== path;
      names.set(alias, isTaken ? null : path);
    }
  }
  return names;
}

/** `Practitioner?identifier=system|value`, as Synthea refers to what another file holds (FHIR R4 http.html#trules). */
function conditionalReferences(resource: FhirResource): string[] {
  const identifiers: unknown = 'identifier' in resource ? resource.identifier : undefined;
  if (!Array.isArray(identifiers)) return [];
  return identifiers.map((each) => `${resource.resourceType}?identifier=${each?.system}|${each?.value}`);
}

/** The value with every Reference.reference resolved, however deep it stands. */
export function withReferences<T>(value: T, resolve: (reference: string) => string): T {
  if (Array.isArray(value)) return value.map((each) => withReferences(each, resolve)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) =>
    // Only Reference.reference: an identifier's value may look the same and is none.
    [key, key === 'reference' && typeof inner === 'string' ? resolve(inner) : withReferences(inner, resolve)],
  );
  return Object.fromEntries(entries) as T;
}
