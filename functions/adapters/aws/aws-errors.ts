/** What an AWS SDK error means for a step: worth a retry, or a setting that is wrong. */
import { AwsUnavailableError, ConfigurationError } from '../../domain/errors.ts';

/** Exceptions after which the same call fails again: permissions, names, shapes. */
const FINAL = new Set([
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ResourceNotFoundException',
  'NotFoundException',
  'DisabledException',
  'KMSInvalidStateException',
  'KmsAccessDeniedException',
  'KmsInvalidStateException',
  'InvalidKeyUsageException',
  'ValidationException',
  'InvalidParameterException',
  'InvalidRequestException',
  'DecryptionFailure',
  'StateMachineDoesNotExist',
  'InvalidArn',
  'InvalidName',
  'InvalidExecutionInput',
]);

/** The named error for what a call to DynamoDB, KMS, Secrets Manager or Step Functions threw. The SDK's message may quote values; it is dropped. */
export function namedError(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'UnknownError';
  return FINAL.has(name) ? new ConfigurationError(name) : new AwsUnavailableError(name);
}
