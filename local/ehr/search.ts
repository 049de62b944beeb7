import type { Filter, SearchRequest, SortRule } from '@medplum/core';
import {
  badRequest,
  DEFAULT_MAX_SEARCH_COUNT,
  evalFhirPath,
  getSearchParameter,
  matchesSearchRequest,
  OperationOutcomeError,
  splitSearchOnComma,
} from '@medplum/core';
import type { Resource, SearchParameter } from '@medplum/fhirtypes';
import type { ChartStore, Kept, Stored } from './chart-store.ts';
import { identifierKey, isLiteralReference, referenceKey, typeKey } from './index-keys.ts';

export interface SearchPage {
  matches: Stored[];
  /** Known when everything was looked at anyway, or asked for by `_total=accurate`. */
  total?: number;
  /** Where the next page starts, when there is one. */
  next?: { cursor: string } | { offset: number };
}

/**
 * Searches the chart: candidates from the index, decided by Medplum's matcher. What a real server might ignore (an unknown
 * parameter, an ambiguous reference) is refused, since an adapter that relied on it would be wrong elsewhere.
 * @param count resources per page, at most 1,000
 * @throws OperationOutcomeError 400
 */
export function searchChart(store: ChartStore, request: SearchRequest, count: number): SearchPage {
  if (!(count >= 0)) throw new OperationOutcomeError(badRequest('_count must be a number'));
  if (!/^\d+$/.test(request.cursor ?? '0')) throw new OperationOutcomeError(badRequest('There is no such page'));
  const filters = (request.filters ?? []).map((filter) => checkedFilter(request.resourceType, filter));
  const plain: SearchRequest = { resourceType: request.resourceType, filters };
  const candidates = findCandidates(store, plain);
  const size = Math.min(count, DEFAULT_MAX_SEARCH_COUNT);
  if (request.sortRules?.length) return sortedPage(candidates, plain, request, size);
  return creationOrderPage(candidates, plain, request, size);
}

/** The page in order of creation, resumed after the last one seen: looks at no more than it needs. */
function creationOrderPage(
  candidates: readonly Kept[],
  plain: SearchRequest,
  request: SearchRequest,
  size: number,
): SearchPage {
  const after = request.cursor === undefined ? -1 : Number(request.cursor);
  const countAll = request.total === 'accurate' || size === 0;
  let skip = request.offset ?? 0;
  let total = 0;
  let last = after;
  let more = false;
  const matches: Stored[] = [];
  for (const { order, current } of candidates) {
    if (!current || (order <= after && !countAll) || !matchesSearchRequest(current, plain)) continue;
    total++;
    if (order <= after || skip-- > 0) continue;
    if (matches.length < size) {
      matches.push(current);
      last = order;
    } else {
      more = true;
      if (!countAll) break;
    }
  }
  const totalKnown = countAll || (!more && after < 0);
  return {
    matches,
    ...(totalKnown && { total }),
    ...(more && size > 0 && { next: { cursor: String(last) } }),
  };
}

function sortedPage(
  candidates: readonly Kept[],
  plain: SearchRequest,
  request: SearchRequest,
  size: number,
): SearchPage {
  const found = candidates.flatMap(({ current }) => (current && matchesSearchRequest(current, plain) ? [current] : []));
  const sorted = sortResources(found, request.sortRules ?? []);
  const offset = request.offset ?? 0;
  const next = offset + size;
  return {
    matches: sorted.slice(offset, next),
    total: sorted.length,
    ...(size > 0 && next < sorted.length && { next: { offset: next } }),
  };
}

function parameterOf(resourceType: string, code: string): SearchParameter {
  const parameter = getSearchParameter(resourceType, code);
  if (!parameter?.expression) {
    throw new OperationOutcomeError(badRequest(`Search parameter not supported: ${resourceType}?${code}`));
  }
  return parameter;
}

/** A filter with full references; `patient=123` is what FHIR calls a logical id and means Patient/123. */
function checkedFilter(resourceType: string, filter: Filter): Filter {
  const parameter = parameterOf(resourceType, filter.code);
  if (parameter.type !== 'reference' || filter.operator !== 'eq') return filter;
  const target =
    filter.code === 'patient' ? 'Patient' : parameter.target?.length === 1 ? parameter.target[0] : undefined;
  const values = splitSearchOnComma(filter.value).map((value) => {
    if (value.includes('/') || value.includes(':')) return value;
    if (target) return `${target}/${value}`;
    throw new OperationOutcomeError(badRequest(`${filter.code}=${value} is ambiguous, say Type/${value}`));
  });
  return { ...filter, value: values.join(',') };
}

/** The smallest set that some filter's index offers, or all resources of the type, in order of creation. */
function findCandidates(store: ChartStore, { resourceType, filters }: SearchRequest): Kept[] {
  let smallest: ReadonlySet<string> | undefined;
  for (const filter of filters ?? []) {
    const ids = idsFor(store, resourceType, filter);
    if (ids && (smallest === undefined || ids.size < smallest.size)) smallest = ids;
  }
  if (smallest === undefined) return [...store.all(resourceType)];
  const candidates = [...smallest].flatMap((id) => store.kept(resourceType, id) ?? []);
  return candidates.sort((a, b) => a.order - b.order);
}

function idsFor(store: ChartStore, resourceType: string, filter: Filter): ReadonlySet<string> | undefined {
  if (filter.operator !== 'eq') return undefined;
  const values = splitSearchOnComma(filter.value);
  if (filter.code === '_id') return new Set(values);
  const keys: string[] = [];
  for (const value of values) {
    const key = indexKeyFor(resourceType, filter.code, value);
    if (key === undefined) return undefined;
    keys.push(key);
  }
  const [only, ...others] = keys.map((key) => store.idsUnder(resourceType, key));
  if (others.length === 0) return only;
  return new Set([only, ...others].flatMap((ids) => [...(ids ?? [])]));
}

/** The index key that `code=value` is found under; undefined when it has to be looked for by scanning. */
function indexKeyFor(resourceType: string, code: string, value: string): string | undefined {
  const parameter = parameterOf(resourceType, code);
  if (parameter.type === 'reference') return isLiteralReference(value) ? referenceKey(value) : undefined;
  const token = value.includes('|') ? value.split('|')[1] : value;
  if (!token) return undefined;
  if (code === 'identifier') return identifierKey(token);
  if (code === 'type' && parameter.expression === `${resourceType}.type`) return typeKey(token);
  return undefined;
}

/** Sorted by the rules in their order; dates as instants, what lacks a value last. */
function sortResources(resources: readonly Stored[], rules: readonly SortRule[]): Stored[] {
  const decorated = resources.map((resource) => ({ resource, keys: rules.map((rule) => sortKey(resource, rule)) }));
  decorated.sort((a, b) => {
    for (const [i, rule] of rules.entries()) {
      const difference = compare(a.keys[i], b.keys[i], rule.descending ? -1 : 1);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return decorated.map(({ resource }) => resource);
}

function sortKey(resource: Resource, rule: SortRule): string | number | undefined {
  const parameter = parameterOf(resource.resourceType, rule.code);
  const value: unknown = evalFhirPath(parameter.expression ?? '', resource)[0];
  if (value === undefined) return undefined;
  if (parameter.type !== 'date') return typeof value === 'string' ? value : JSON.stringify(value);
  const start = typeof value === 'object' && value !== null && 'start' in value ? value.start : value;
  const instant = Date.parse(String(start));
  return Number.isNaN(instant) ? undefined : instant;
}

function compare(a: string | number | undefined, b: string | number | undefined, direction: 1 | -1): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -direction : direction;
}
