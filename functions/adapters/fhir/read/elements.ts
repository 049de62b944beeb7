/** Data types that several resources share. https://hl7.org/fhir/R4/datatypes.html */
import * as z from 'zod/mini';
import { UNREADABLE } from '../../../domain/chart/unreadable.ts';
import { isWithin } from '../../../domain/time/instant.ts';
import { pathOf } from '../client/reference.ts';
import { isObject } from '../client/resource.ts';
import { lenient, list, readable } from './lenient.ts';

export const text = readable(z.string());
export const flag = readable(z.boolean());

/** Anything; what it is worth is decided where it is used. */
export const anything = z.optional(z.unknown());

export const extensions = list(z.object({ url: z.string(), valueCode: text, valueBoolean: lenient(z.boolean()) }));

export const coding = z.object({ system: lenient(z.string()), code: lenient(z.string()) });

const period = z.object({ start: text, end: text, _start: anything, _end: anything });
export const lenientPeriod = readable(period);
type Period = z.infer<typeof lenientPeriod>;

/** The bounds of a period; a bound that cannot be read, or that only an extension tells of, is UNREADABLE. */
export function boundsOf(value: Period): { start: string | null; end: string | null } {
  if (value === undefined) return { start: null, end: null };
  if (value === UNREADABLE) return { start: UNREADABLE, end: UNREADABLE };
  const bound = (plain: string | undefined, extended: unknown) => plain ?? (isObject(extended) ? UNREADABLE : null);
  return { start: bound(value.start, value._start), end: bound(value.end, value._end) };
}

export function isCurrent(value: Period, now: number): boolean {
  const { start, end } = boundsOf(value);
  return isWithin(start, end, now);
}

/** A reference as the domain can use it. */
export interface Ref {
  /** `Type/id` of this server, or null. */
  path: string | null;
  /** The path, else what else the reference says: to be compared, never to be shown. */
  text: string;
  /** The type of resource it names, where it says so. */
  type: string | null;
}

/** The type in a reference, also in one to another server. */
const TYPE_IN_REFERENCE = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/;

/** Null where there is no reference at all. */
export function refOf(value: unknown, base: string): Ref | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) return { path: null, text: UNREADABLE, type: null };
  const path = pathOf(value, base);
  const written = typeof value.reference === 'string' ? value.reference : JSON.stringify(value.identifier ?? null);
  const type = typeof value.type === 'string' ? value.type : null;
  return { path, text: path ?? written, type: TYPE_IN_REFERENCE.exec(written)?.[1] ?? type };
}

/** The references of a list; where something stands in a list's place, that is one that names nothing. */
export function refsOf(values: unknown, base: string): Ref[] {
  return [values].flat().flatMap((each) => refOf(each, base) ?? []);
}
