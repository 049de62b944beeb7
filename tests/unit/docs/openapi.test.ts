import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { eventSchema, FILES, openApi, textOf } from '../../../docs/openapi/generate.ts';
import { EHR_EVENT_TYPES, ehrEvent, WEBHOOK_DECISIONS } from '../../../functions/domain/webhook/ehr-event.ts';
import { WEBHOOK_PROBLEMS } from '../../../functions/runtime/webhook-problems.ts';

describe('what integrators read is what the handler checks', () => {
  it.each(Object.entries(FILES))('%s is as `node docs/openapi/generate.ts` writes it', (name, document) => {
    expect(JSON.parse(readFileSync(new URL(`../../../docs/openapi/${name}`, import.meta.url), 'utf8'))).toEqual(
      JSON.parse(textOf(document())),
    );
  });

  const text = JSON.stringify(openApi());
  const { post } = (openApi().paths as Record<string, { post: { responses: object; requestBody: object } }>)[
    '/webhooks/ehr'
  ] ?? { post: { responses: {}, requestBody: {} } };

  it('names every event, decision and problem', () => {
    for (const type of EHR_EVENT_TYPES) expect(text).toContain(`"const":"${type}"`);
    const { description } = (post.responses as Record<string, { description: string }>)[202] ?? { description: '' };
    for (const decision of WEBHOOK_DECISIONS) expect(description).toContain(`${decision} `);
    for (const [name, [status]] of Object.entries(WEBHOOK_PROBLEMS)) {
      expect(text).toContain(`/problems/${name}"`);
      expect(post.responses).toHaveProperty(String(status));
    }
  });

  it('shows examples that are accepted', () => {
    const examples = Object.values(
      (post.requestBody as { content: Record<string, { examples: Record<string, { value: unknown }> }> }).content[
        'application/json'
      ]?.examples ?? {},
    );
    expect(examples.length).toBe(3);
    for (const { value } of examples) expect(z.safeParse(ehrEvent, value).success).toBe(true);
  });

  it('refers to nothing that is not there', () => {
    const schemas = (openApi().components as { schemas: object }).schemas;
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(schemas)));
  });

  it('is a schema that refuses what is not known', () => {
    const { oneOf } = eventSchema() as { oneOf: { additionalProperties: boolean; properties: { data: object } }[] };
    expect(oneOf).toHaveLength(EHR_EVENT_TYPES.length);
    for (const each of oneOf) {
      expect(each.additionalProperties).toBe(false);
      expect(each.properties.data).toMatchObject({ additionalProperties: false });
    }
  });
});
