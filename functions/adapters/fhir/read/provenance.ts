/** The answers given when a document was signed (P11, P12). */
import * as z from 'zod/mini';
import type { Resource } from '../client/resource.ts';
import { extensions } from './elements.ts';
import { parsed } from './lenient.ts';

const schema = z.object({ extension: extensions });

export function provenanceExtensionsOf(resource: Resource): z.infer<typeof extensions> {
  return parsed(schema, resource).extension;
}
