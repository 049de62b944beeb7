/** The order in which resources can be created: the target of a reference first, a circle of references together. */
import type { FhirResource } from 'fhir/r4';

export type Identified = FhirResource & { id: string };

export const pathOf = ({ resourceType, id }: Identified): string => `${resourceType}/${id}`;

/** Each reference of a resource, however deep it stands. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'reference' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

/**
 * Groups of resources such that each refers only to resources of its own or an earlier group; Tarjan's strongly
 * connected components, which come in that order. References to what is not among the resources do not count.
 */
export function loadOrder(resources: readonly Identified[]): Identified[][] {
  const byPath = new Map(resources.map((resource) => [pathOf(resource), resource]));
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const groups: Identified[][] = [];

  const visit = (path: string, resource: Identified): number => {
    const own = index.size;
    index.set(path, own);
    lowest.set(path, own);
    open.push(path);
    for (const reference of referencesIn(resource)) {
      const target = byPath.get(reference);
      if (target === undefined) continue;
      const known = index.get(reference);
      if (known === undefined) lower(path, visit(reference, target));
      else if (open.includes(reference)) lower(path, known);
    }
    const low = lowest.get(path) ?? own;
    if (low === own) {
      const group = open.splice(open.indexOf(path));
      groups.push(group.flatMap((each) => byPath.get(each) ?? []));
    }
    return low;
  };
  const lower = (path: string, value: number) => lowest.set(path, Math.min(lowest.get(path) ?? value, value));

  for (const [path, resource] of byPath) if (!index.has(path)) visit(path, resource);
  return groups;
}
