/** A document's "Route to" (P10). */
import type { Routing } from '../../../ports/ehr/ehr.ts';
import type { FhirClient } from '../client/client.ts';
import { asReadOf, type Resource } from '../client/resource.ts';
import { withId } from '../read/pin-document.ts';
import { cancelled } from './change.ts';
import { openRoutingOf } from './queries.ts';

export async function readRouting(fhir: FhirClient, document: string): Promise<Routing> {
  return routingIn(await fhir.search(openRoutingOf(document)));
}

/** @param resources what `openRoutingOf` found */
export function routingIn(resources: readonly Resource[]): Routing {
  const tasks = withId(resources, 'Task').map(({ resource, id }) => asReadOf(resource, id));
  return { open: tasks.length, tasks };
}

/** P10. The search stands in the same transaction: FHIR processes GET after every write. */
export async function cancelRouting(fhir: FhirClient, document: string, { tasks }: Routing): Promise<Routing> {
  const search = openRoutingOf(document);
  const answered = await fhir.transaction([
    ...tasks.map((task) => ({ change: cancelled(task, document, fhir.base) })),
    { search },
  ]);
  return routingIn(await fhir.found(search, answered.at(-1)));
}
