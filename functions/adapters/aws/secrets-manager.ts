/**
 * A secret's text out of AWS Secrets Manager.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigurationError } from '../../domain/errors.ts';
import { namedError } from './aws-errors.ts';

export interface SecretOptions {
  client: SecretsManagerClient;
  arn: string;
  signal: AbortSignal;
}

/**
 * The current text of the secret. AwsUnavailableError (retried); ConfigurationError where there is none, where we may not read it,
 * or where it holds bytes instead of a text.
 */
export async function readSecret({ client, arn, signal }: SecretOptions): Promise<string> {
  let text: string | undefined;
  try {
    text = (await client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal: signal })).SecretString;
  } catch (error) {
    throw namedError(error);
  }
  if (text === undefined) throw new ConfigurationError('SECRET_IS_NO_TEXT');
  return text;
}
