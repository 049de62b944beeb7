/**
 * The local Secrets Manager: secrets by their ARN, and GetSecretValue.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import { ServiceError, serveAwsJson } from './aws-json.ts';
import type { HttpHandler } from './http-messages.ts';

export interface SecretsManager {
  /** Speaks AWS's protocol; mount it under any prefix. */
  handle: HttpHandler;
  /** Sets or replaces a secret, as its owner does when it is rotated. */
  put(arn: string, secret: string): void;
  /** How many requests there were since the start: AWS takes money for each. */
  readonly calls: number;
}

export function createSecretsManager(): SecretsManager {
  const secrets = new Map<string, string>();
  let calls = 0;
  const getSecretValue = (request: unknown) => {
    calls += 1;
    const { SecretId } = (request ?? {}) as Record<string, unknown>;
    const SecretString = secrets.get(String(SecretId));
    if (SecretString === undefined) {
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return { ARN: SecretId, Name: String(SecretId).split(':').at(-1), SecretString, VersionStages: ['AWSCURRENT'] };
  };
  return {
    handle: serveAwsJson({
      name: 'Secrets Manager',
      target: 'secretsmanager.',
      version: '1.1',
      operations: { GetSecretValue: getSecretValue },
    }),
    put: (arn, secret) => void secrets.set(arn, secret),
    get calls() {
      return calls;
    },
  };
}
