/**
 * Writes what integrators read, from the schemas and problems that the handlers themselves use:
 * `node docs/openapi/generate.ts`. A test holds the committed files to it.
 */
import { writeFileSync } from 'node:fs';
import { ehrEvent, webhookAnswer } from '../../functions/domain/webhook/ehr-event.ts';
import { problemType } from '../../functions/runtime/problem.ts';
import { WEBHOOK_PROBLEMS } from '../../functions/runtime/webhook-problems.ts';
import { SIGNATURES, TIMESTAMP, WEBHOOK_ID } from '../../functions/runtime/webhook-request.ts';
import { adminApi } from './admin-api.ts';
import { type Json, problemResponses, schemaOf } from './schema.ts';

export function eventSchema(): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://portal-pin.example/schemas/ehr-event.json',
    title: 'The body of a webhook of the EHR',
    ...schemaOf(ehrEvent),
  };
}

const DECISIONS = `What was decided, and the execution it concerns:
STARTED an execution by this webhook; RUNNING one that runs already takes it up (a forced request that finds another at work gets 503 and is to be sent again); NOT_DUE nothing is to be done;
TRACKED the PIN's 30 days are known now; STOPPED no PIN is tracked any more, and the chart is asked at the next look (an execution: a Task for staff is closed);
OUTDATED something newer is known; UNKNOWN_PATIENT the EHR's FHIR endpoint does not know the patient;
PAUSED all starts are paused: the sweep takes up what is due when the pause ends, and a forced request is to be sent anew then.`;

const header = (name: string, pattern: RegExp, description: string, example: string): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string', pattern: pattern.source },
  example,
});

const HEADERS = [
  header(
    'webhook-id',
    WEBHOOK_ID,
    'Names this webhook; the same when it is repeated. Repeated within a week, it gets the same answer.',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
  ),
  header(
    'webhook-timestamp',
    TIMESTAMP,
    'When it is sent, in seconds since 1970; at most five minutes from now.',
    '1614265330',
  ),
  header(
    'webhook-signature',
    SIGNATURES,
    'One or more of `v1,<base64>`, separated by spaces: HMAC-SHA-256 of `<webhook-id>.<webhook-timestamp>.<body>` with the secret’s bytes.',
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  ),
];

const PROBLEM_SCHEMA: Json = {
  type: 'object',
  description: 'RFC 9457. Nothing of the request is repeated in it.',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', format: 'uri', enum: Object.keys(WEBHOOK_PROBLEMS).map(problemType) },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'The way out.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', format: 'json-pointer', description: 'Where in the body.' },
          detail: { type: 'string' },
        },
      },
    },
  },
};

const EXAMPLES = {
  issued: { type: 'pin.issued', timestamp: '2026-06-15T12:00:00Z', data: { patientId: 'demo-001' } },
  requested: {
    type: 'pin.regeneration_requested',
    timestamp: '2026-06-15T12:00:00Z',
    data: { patientId: 'demo-001', actor: 'front-desk-7', reason: 'The patient lost it.', force: true },
  },
  updated: {
    type: 'patient.updated',
    timestamp: '2026-06-15T12:00:00Z',
    data: { patientId: 'demo-001', change: 'provider' },
  },
};

export function openApi(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portal PIN: webhooks of the EHR',
      version: '1.0.0',
      description:
        'The EHR, or the interface engine beside it, tells what happened; executions start by it. Signed by Standard Webhooks (https://www.standardwebhooks.com). Answered within two seconds. Whatever is not answered by 2xx is to be repeated with the same webhook-id and the same bytes, signed anew: nothing is done twice.',
    },
    paths: {
      '/webhooks/ehr': {
        post: {
          operationId: 'tellEhrEvent',
          summary: 'Tells what happened to a patient’s PIN, portal account or chart',
          parameters: HEADERS,
          requestBody: {
            required: true,
            description: 'At most 65536 bytes of JSON in UTF-8.',
            content: {
              'application/json': {
                schema: { $ref: '#/components/schemas/EhrEvent' },
                examples: Object.fromEntries(Object.entries(EXAMPLES).map(([name, value]) => [name, { value }])),
              },
            },
          },
          responses: {
            202: {
              description: DECISIONS,
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Answer' } } },
            },
            ...problemResponses(WEBHOOK_PROBLEMS, Object.keys(WEBHOOK_PROBLEMS), problemType, [429, 503]),
          },
        },
      },
    },
    components: {
      schemas: { EhrEvent: schemaOf(ehrEvent), Answer: schemaOf(webhookAnswer), Problem: PROBLEM_SCHEMA },
    },
  };
}

/** The committed files, by their name in this folder. */
export const FILES: Record<string, () => Json> = {
  'ehr-webhooks.json': openApi,
  'ehr-event.schema.json': eventSchema,
  'admin-api.json': adminApi,
};

/** As it is committed. */
export const textOf = (document: Json) => `${JSON.stringify(document, null, 2)}\n`;

if (import.meta.main) {
  for (const [name, document] of Object.entries(FILES)) {
    writeFileSync(new URL(name, import.meta.url), textOf(document()));
  }
}
