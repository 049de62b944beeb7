/** What both OpenAPI documents have in common: JSON Schemas of zod's, and responses of problems. */
import * as z from 'zod/mini';
import type { ProblemTexts } from '../../functions/runtime/problem.ts';

export type Json = Record<string, unknown>;

/** JSON Schema 2020-12, which is OpenAPI 3.1's own. `input`: as it is sent, before defaults and trimming. */
export function schemaOf(schema: z.ZodMiniType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    // The pattern of an instant fills ten lines and says what the format says; the bounds of a double say nothing.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return rest as Json;
}

const RETRY_AFTER: Json = { 'retry-after': { description: 'Seconds.', schema: { type: 'integer' } } };

/** One response per status of `names`, with an example of each problem that has it; `retried` come with Retry-After. */
export function problemResponses(
  problems: ProblemTexts,
  names: readonly string[],
  typeOf: (name: string) => string,
  retried: readonly number[],
): Json {
  const named = names.flatMap((name) => {
    const texts = problems[name];
    return texts === undefined ? [] : [{ name, texts }];
  });
  const statuses = [...new Set(named.map(({ texts }) => texts[0]))].toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = named.filter(({ texts }) => texts[0] === status);
      const examples = ofStatus.map(({ name, texts: [, title, detail] }) => [
        name,
        { value: { type: typeOf(name), title, status, detail } },
      ]);
      const response = {
        description: ofStatus.map(({ texts }) => `${texts[1]}.`).join(' '),
        ...(retried.includes(status) && { headers: RETRY_AFTER }),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(examples),
          },
        },
      };
      return [status, response];
    }),
  );
}
