/**
 * The local Secrets Manager: GetSecretValue of secrets that are given at the start.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import { randomUUID } from 'node:crypto';
import { ServiceError, serveAwsJson } from './aws-json.ts';
import type { HttpHandler } from './http-messages.ts';

export interface SecretsManager {
  /** Speaks AWS's protocol; mount it under any prefix. */
  handle: HttpHandler;
}

/** AWS ends the ARN of a secret with its name, a hyphen and six characters of its own. */
const NAME = /:secret:(.+)-[A-Za-z0-9]{6}$/;

/** @param secrets text by ARN; @param now real time in milliseconds */
export function createSecretsManager(secrets: Readonly<Record<string, string>>, now: () => number): SecretsManager {
  const all = Object.entries(secrets).map(([ARN, SecretString]) => ({
    ARN,
    Name: NAME.exec(ARN)?.[1] ?? ARN,
    SecretString,
    VersionId: randomUUID(),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: now() / 1000,
  }));

  function getSecretValue(request: unknown): object {
    const { SecretId } = (request ?? {}) as Record<string, unknown>;
    if (typeof SecretId !== 'string' || SecretId === '') {
      throw new ServiceError('ValidationException', 'SecretId is missing');
    }
    const secret = all.find(({ ARN, Name }) => ARN === SecretId || Name === SecretId);
    if (secret === undefined) {
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  return {
    handle: serveAwsJson({
      name: 'Secrets Manager',
      target: 'secretsmanager.',
      version: '1.1',
      operations: { GetSecretValue: getSecretValue },
    }),
  };
}
