/** What the schemas of stored items are made of. */
import * as z from 'zod/mini';

export const text = z.string().check(z.minLength(1));
export const count = z.int().check(z.minimum(0));
/** Whole seconds in UTC, as `toInstant` writes them. */
export const instant = z.iso.datetime();
/** A day of the practice's calendar. */
export const day = z.iso.date();
