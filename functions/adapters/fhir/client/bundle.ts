/** Bundles as servers answer them, checked before anything is taken out of them. https://hl7.org/fhir/R4/bundle.html */
import { EhrRejectedError, EhrUnavailableError } from '../../../domain/errors.ts';
import { assertComplete, isOutcome } from './outcome.ts';
import { isObject, isResource, itemsOf, type Resource } from './resource.ts';
import { ignoredParameters, isMatch, type Search } from './search.ts';

export interface AnsweredEntry {
  /** NaN where the server gave none. */
  status: number;
  location: string | null;
  outcome: unknown;
  resource: Resource | null;
}

export function asBundle(resource: Resource): Resource {
  if (resource.resourceType !== 'Bundle') throw new EhrUnavailableError('ANSWER_IS_NO_BUNDLE');
  return resource;
}

/** The entries that answer a batch or transaction of this many; `what` names it in the error where one is missing. */
export function answeredEntries(bundle: Resource, count: number, what: 'BATCH' | 'TRANSACTION'): AnsweredEntry[] {
  const entries = itemsOf(bundle.entry);
  if (entries.length !== count) throw new EhrUnavailableError(`${what}_ANSWER_INCOMPLETE`);
  return entries.map((entry) => {
    const { response, resource } = isObject(entry) ? entry : {};
    const { status, location, outcome } = isObject(response) ? response : {};
    return {
      status: Number.parseInt(String(status ?? ''), 10),
      location: typeof location === 'string' ? location : null,
      outcome: outcome ?? (isOutcome(resource) ? resource : undefined),
      resource: isResource(resource) ? resource : null,
    };
  });
}

export interface Page {
  /** What matches the search, and what it includes. */
  resources: Resource[];
  /** The path of the next page below the base, or null. */
  next: string | null;
}

/**
 * One page of a search, without what does not match it. EhrUnavailableError (retried) where an outcome on it says that the
 * search failed or is incomplete. EhrRejectedError SEARCH_PARAMETER_IGNORED where the first page alone was asked for, the
 * server left a parameter out and there are more pages: then no filter finds what the first page should have held.
 */
export function pageOf(search: Search, bundle: Resource, base: string): Page {
  const found = resourcesIn(bundle);
  const isIncluded = (each: Resource) => search.include !== undefined && each.resourceType !== search.type;
  const resources = found.filter((each) => isIncluded(each) || isMatch(search, each, base));
  const next = nextLink(bundle, base);
  if (search.firstPageOnly && next !== null) {
    const ignored = ignoredParameters(search, linkOf(bundle, 'self')).filter((name) => !COMPENSATED.has(name));
    if (ignored.length > 0) throw new EhrRejectedError(`SEARCH_PARAMETER_IGNORED_${ignored.join('_')}`);
    if (resources.length < found.length) throw new EhrRejectedError('SEARCH_PARAMETER_IGNORED');
  }
  return { resources, next };
}

/** Parameters without which a first page still begins with the right resources; what is not included is read. */
const COMPENSATED = new Set(['_count', '_include']);

function resourcesIn(bundle: Resource): Resource[] {
  const resources: Resource[] = [];
  if (bundle.entry !== undefined && !Array.isArray(bundle.entry)) throw new EhrUnavailableError('BUNDLE_IS_NO_FHIR');
  for (const entry of itemsOf(bundle.entry)) {
    const resource = isObject(entry) ? entry.resource : undefined;
    if (!isResource(resource)) throw new EhrUnavailableError('BUNDLE_ENTRY_IS_NO_FHIR');
    if (isOutcome(resource)) assertComplete(resource);
    else resources.push(resource);
  }
  return resources;
}

function linkOf(bundle: Resource, relation: string): string | null {
  const link = itemsOf(bundle.link).find((each) => isObject(each) && each.relation === relation);
  return isObject(link) && typeof link.url === 'string' ? link.url : null;
}

/** The path of the next page below the base; a link to another place is refused, it would carry our token there. */
function nextLink(bundle: Resource, base: string): string | null {
  const link = linkOf(bundle, 'next');
  if (link === null) return null;
  if (!URL.canParse(link, `${base}/`)) throw new EhrUnavailableError('PAGE_LINK_IS_NO_URL');
  const url = new URL(link, `${base}/`);
  const home = new URL(`${base}/`);
  const isBelow = `${url.pathname}/`.startsWith(home.pathname);
  if (url.origin !== home.origin || !isBelow) throw new EhrRejectedError('PAGE_LINK_LEAVES_EHR');
  return `${url.pathname.slice(home.pathname.length)}${url.search}`;
}
