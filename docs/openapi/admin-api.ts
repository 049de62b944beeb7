/** The admin API for who calls it, from the contract that AdminApi answers by. */

import { ADMIN_PROBLEMS, problemDocument } from '../../functions/admin/contract/problems.ts';
import {
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  IDEMPOTENCY_KEY,
  OPERATIONS,
  type Operation,
  QUERY_PROBLEMS,
} from '../../functions/admin/contract.ts';
import { problemType } from '../../functions/runtime/problem.ts';
import { type Json, problemResponses, schemaOf } from './schema.ts';

const KEY_HEADER: Json = {
  name: 'idempotency-key',
  in: 'header',
  required: true,
  description:
    'Names this action; the same when it is repeated. Repeated within a day it is done once and gets the same answer.',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY.source },
  example: '1c0e4c1f-5a0e-4c7e-9f0b-3a5d6f1f2a77',
};

function parameter(name: string, where: 'path' | 'query', schema: Json, required: boolean): Json {
  const { description, ...rest } = schema;
  return { name, in: where, required, ...(description !== undefined && { description }), schema: rest };
}

function parametersOf({ parameters = {}, query, body }: Operation): Json[] {
  const asked = query === undefined ? {} : (schemaOf(query, 'input').properties as Record<string, Json>);
  return [
    ...Object.entries(parameters).map(([name, schema]) => parameter(name, 'path', schemaOf(schema), true)),
    ...Object.entries(asked).map(([name, schema]) => parameter(name, 'query', schema, false)),
    ...(body === undefined ? [] : [KEY_HEADER]),
  ];
}

const component = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });

function operationOf(name: string, operation: Operation): Json {
  const { summary, group, status, body, query, problems } = operation;
  const refused = [
    ...COMMON_PROBLEMS,
    ...(query === undefined ? [] : QUERY_PROBLEMS),
    ...(body === undefined ? [] : BODY_PROBLEMS),
    ...problems,
  ];
  return {
    operationId: name,
    summary,
    description: group === 'operator' ? 'Takes the group operator.' : 'Takes the group viewer or operator.',
    parameters: parametersOf(operation),
    ...(body !== undefined && { requestBody: { required: true, content: json(`${component(name)}Order`) } }),
    responses: {
      [status]: { description: 'Done.', content: json(`${component(name)}Answer`) },
      ...problemResponses(ADMIN_PROBLEMS, refused, problemType, [503]),
    },
  };
}

export function adminApi(): Json {
  const operations = Object.entries<Operation>(OPERATIONS);
  const paths: Record<string, Json> = {};
  const schemas: Record<string, Json> = {};
  for (const [name, operation] of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: operationOf(name, operation),
    };
    schemas[`${component(name)}Answer`] = schemaOf(operation.answer);
    if (operation.body !== undefined) schemas[`${component(name)}Order`] = schemaOf(operation.body, 'input');
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portal PIN: admin API',
      version: '1.0.0',
      description:
        'What the practice’s staff see and do: cases that wait for a person, patients’ PIN status, executions, sweeps, decisions. No answer holds a PIN, an address, a name of a patient or a live link. Answers may gain members; ignore what you do not know. On AWS it takes an access token of the user pool; locally it is open on loopback.',
    },
    security: [{ accessToken: [] }],
    paths,
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Access token of the Cognito user pool; its groups say who may act.',
        },
      },
      schemas: { ...schemas, Problem: schemaOf(problemDocument) },
    },
  };
}
