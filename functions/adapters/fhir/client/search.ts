/**
 * Searches: the one place that writes a query string, and the one that checks what came back against it. FHIR lets a server
 * ignore a parameter that it does not know (https://hl7.org/fhir/R4/search.html#errors), and some answer with resources that
 * no longer match. Nothing that was not asked for leaves this adapter's client.
 */
import { pathOf } from './reference.ts';
import { isObject, itemsOf, type Resource } from './resource.ts';

export interface Token {
  readonly system: string;
  readonly value: string;
}

/** What a resource must be. Several values of one parameter: any of them. */
export interface Criteria {
  readonly _id?: string;
  /** Id of the resource's patient. */
  readonly patient?: string;
  readonly type?: { readonly system: string; readonly code: string };
  readonly status?: readonly string[];
  readonly identifier?: readonly Token[];
  /** `Type/id`. */
  readonly focus?: string;
  readonly encounter?: string;
  readonly target?: string;
}

export interface Search {
  readonly type: string;
  readonly where: Criteria;
  readonly include?: readonly string[];
  readonly iterate?: readonly string[];
  /** Resources per page. */
  readonly count?: number;
  readonly sort?: string;
  /** Only the first page is read. */
  readonly firstPageOnly?: true;
}

/** Whether the resource has this coding in a CodeableConcept, or in one of several. */
export function hasCoding(concepts: unknown, { system, code }: { system: string; code: string }): boolean {
  return [concepts]
    .flat()
    .filter(isObject)
    .flatMap(({ coding }) => itemsOf(coding))
    .some((each) => isObject(each) && each.system === system && each.code === code);
}

/** The values of the resource's identifiers of this system. */
export function identifiersOf({ identifier }: Resource, system: string): string[] {
  return [identifier]
    .flat()
    .filter(isObject)
    .flatMap((each) => (each.system === system && typeof each.value === 'string' ? [each.value] : []));
}

function hasIdentifier(resource: Resource, { system, value }: Token): boolean {
  return identifiersOf(resource, system).includes(value);
}

/** Whether a found resource is what was asked for: of the type, and as each parameter says. */
export function isMatch({ type, where }: Search, resource: Resource, base: string): boolean {
  const { _id, patient, identifier, status, focus, encounter, target } = where;
  return (
    resource.resourceType === type &&
    (_id === undefined || resource.id === _id) &&
    (patient === undefined || pathOf(resource.subject, base) === `Patient/${patient}`) &&
    (where.type === undefined || hasCoding(resource.type, where.type)) &&
    // A status that is missing or no text rules nothing out. What reads the resource decides.
    (status === undefined || typeof resource.status !== 'string' || status.includes(resource.status)) &&
    (identifier === undefined || identifier.some((each) => hasIdentifier(resource, each))) &&
    (focus === undefined || pathOf(resource.focus, base) === focus) &&
    (encounter === undefined || pathOf(resource.encounter, base) === encounter) &&
    (target === undefined || itemsOf(resource.target).some((each) => pathOf(each, base) === target))
  );
}

/** `\`, `,`, `$` and `|` separate values in a search; a value that holds one is escaped (search.html#escaping). */
function escaped(value: string): string {
  return value.replace(/[\\,$|]/g, (character) => `\\${character}`);
}

function valuesOf(where: Criteria): [name: string, values: string[]][] {
  const one = (name: keyof Criteria, value: string | undefined): [string, string[]][] =>
    value === undefined ? [] : [[name, [escaped(value)]]];
  const token = (system: string, value: string) => `${escaped(system)}|${escaped(value)}`;
  return [
    ...one('_id', where._id),
    ...one('patient', where.patient === undefined ? undefined : `Patient/${where.patient}`),
    ...one('focus', where.focus),
    ...one('encounter', where.encounter),
    ...one('target', where.target),
    ...(where.identifier === undefined
      ? []
      : [['identifier', where.identifier.map(({ system, value }) => token(system, value))] as [string, string[]]]),
    ...(where.type === undefined ? [] : [['type', [token(where.type.system, where.type.code)]] as [string, string[]]]),
    ...(where.status === undefined ? [] : [['status', where.status.map(escaped)] as [string, string[]]]),
  ];
}

/** The query, percent-encoded: `|` is no character of a URL (RFC 3986), and strict servers answer 400 to it. */
export function queryOf(search: Search): string {
  const parameters: [string, string[]][] = [
    ...valuesOf(search.where),
    ...(search.sort === undefined ? [] : [['_sort', [search.sort]] as [string, string[]]]),
    ...(search.count === undefined ? [] : [['_count', [String(search.count)]] as [string, string[]]]),
    ...(search.include ?? []).map((each): [string, string[]] => ['_include', [each]]),
    ...(search.iterate ?? []).map((each): [string, string[]] => ['_include:iterate', [each]]),
  ];
  return parameters.map(([name, values]) => `${name}=${values.map(encodeURIComponent).join(',')}`).join('&');
}

export function pathOfSearch(search: Search): string {
  return `${search.type}?${queryOf(search)}`;
}

/**
 * The parameters that the server says it left out: those of the question that its self link does not repeat
 * (search.html#conformance). Empty where there is no self link.
 */
export function ignoredParameters(search: Search, selfLink: string | null): string[] {
  if (selfLink === null || !selfLink.includes('?')) return [];
  const nameOf = (name: string) => name.replace(/:.*/, '');
  const used = new Set([...new URLSearchParams(selfLink.slice(selfLink.indexOf('?'))).keys()].map(nameOf));
  const asked = [...new URLSearchParams(queryOf(search)).keys()].map(nameOf);
  return [...new Set(asked)].filter((name) => !used.has(name));
}
