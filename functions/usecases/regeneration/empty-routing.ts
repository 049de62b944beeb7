/** P10: takes every name off "Route to" and proves that none is left. */
import { RoutingNotEmptyError } from '../../domain/errors.ts';
import type { Ehr, Routing } from '../../ports/ehr/ehr.ts';

/** How many names were removed. RoutingNotEmptyError (retried) when the EHR puts new ones there while we remove. */
export async function emptyRouting(ehr: Ehr, document: string, routing: Routing): Promise<number> {
  if (routing.open === 0) return 0;
  const after = await ehr.cancelRouting(document, routing);
  if (after.open > 0) throw new RoutingNotEmptyError('NAMES_LEFT_IN_ROUTE_TO');
  return routing.open;
}
