/**
 * The local Secrets Manager: GetSecretValue of the secrets that are put into it.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import { randomUUID } from 'node:crypto';
import { ServiceError, serveAwsJson } from '../http/aws-json.ts';
import type { HttpHandler } from '../http/http-messages.ts';

export interface SecretsManager {
  /** Speaks AWS's protocol; mount it under any prefix. */
  handle: HttpHandler;
  /** Sets or replaces a secret, as its owner does when it is rotated. */
  put(arn: string, text: string): void;
  /** How many requests there were since the start: AWS takes money for each. */
  readonly calls: number;
}

/** AWS ends the ARN of a secret with its name, a hyphen and six characters of its own. */
const NAME = /:secret:(.+)-[A-Za-z0-9]{6}$/;

function secretOf(ARN: string, SecretString: string, now: number) {
  const Name = NAME.exec(ARN)?.[1] ?? ARN;
  return { ARN, Name, SecretString, VersionId: randomUUID(), VersionStages: ['AWSCURRENT'], CreatedDate: now / 1000 };
}

/** @param secrets text by ARN; @param now real time in milliseconds */
export function createSecretsManager(secrets: Readonly<Record<string, string>>, now: () => number): SecretsManager {
  const all = new Map(Object.entries(secrets).map(([arn, text]) => [arn, secretOf(arn, text, now())]));
  let calls = 0;

  function getSecretValue(request: unknown): object {
    calls += 1;
    const { SecretId } = (request ?? {}) as Record<string, unknown>;
    if (typeof SecretId !== 'string' || SecretId === '') {
      throw new ServiceError('ValidationException', 'SecretId is missing');
    }
    const secret = all.get(SecretId) ?? [...all.values()].find(({ Name }) => Name === SecretId);
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
    put: (arn, text) => void all.set(arn, secretOf(arn, text, now())),
    get calls() {
      return calls;
    },
  };
}
