/**
 * Schemas of just what we read, for charts as they are. A chart's contents never make a schema fail: what has another type
 * than FHIR gives it reads as UNREADABLE where that matters, else as missing.
 */
import * as z from 'zod/mini';
import { UNREADABLE } from '../../../domain/chart/unreadable.ts';
import type { Resource } from '../client/resource.ts';

type Unreadable = typeof UNREADABLE;

/** undefined where it is missing (or null), UNREADABLE where it is there and does not fit. */
export function readable<T>(schema: z.ZodMiniType<T>) {
  return z.optional(
    z.pipe(
      z.unknown(),
      z.transform((value): T | Unreadable | undefined => {
        if (value === undefined || value === null) return undefined;
        const { success, data } = z.safeParse(schema, value);
        return success ? data : UNREADABLE;
      }),
    ),
  );
}

/** undefined where it is missing or does not fit. */
export function lenient<T>(schema: z.ZodMiniType<T>) {
  return z.optional(
    z.pipe(
      z.unknown(),
      z.transform((value): T | undefined => z.safeParse(schema, value).data),
    ),
  );
}

/** The items that fit; none where it is no list. */
export function list<T>(schema: z.ZodMiniType<T>) {
  return z._default(
    z.pipe(
      z.unknown(),
      z.transform((value): T[] =>
        (Array.isArray(value) ? value : []).flatMap((item) => {
          const { success, data } = z.safeParse(schema, item);
          return success ? [data] : [];
        }),
      ),
    ),
    [],
  );
}

/** What a schema of the above reads of a resource. */
export function parsed<T>(schema: z.ZodMiniType<T>, resource: Resource): T {
  return z.parse(schema, resource);
}

/** The list of extensions that say what we do not know and must not ignore; https://hl7.org/fhir/R4/extensibility.html#modifierExtension */
export const modifiers = { modifierExtension: z.optional(z.unknown()) };

/** Whether an element says something that changes its meaning. No modifier extension is known to us. */
export function isModified({ modifierExtension }: { modifierExtension?: unknown }): boolean {
  if (modifierExtension === undefined || modifierExtension === null) return false;
  return !(Array.isArray(modifierExtension) && modifierExtension.length === 0);
}
