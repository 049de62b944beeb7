import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { failureOf, InputError, NoConnectionError } from '../../../cli/failure.ts';
import {
  AwsUnavailableError,
  ConfigurationError,
  DecisionRefusedError,
  StepContractError,
} from '../../../functions/domain/errors.ts';
import { PolicyError } from '../../../functions/runtime/policy.ts';

const named = (name: string, more: object = {}) => Object.assign(new Error('internals'), { name, ...more });

describe('an error’s exit code and its line', () => {
  it.each<[string, Error, number, RegExp]>([
    ['a decision that does not fit', new DecisionRefusedError('NOT_HELD'), 1, /Refused: NOT_HELD\. .*why <patient>/],
    ['bad input', new InputError('There is no such patient.'), 2, /^There is no such patient\.$/],
    [
      'a wrong policy',
      new PolicyError('policy.json is wrong:\n  a: no\n  b: no\nSettings: docs'),
      2,
      /wrong: a: no b: no/,
    ],
    ['no platform', new NoConnectionError('Start it.'), 3, /^Start it\.$/],
    ['no credentials', named('CredentialsProviderError'), 3, /no valid credentials.*log in/],
    ['an SSO session that ended', named('TokenProviderError: SSO'), 3, /no valid credentials/],
    [
      'a token that expired, by an adapter',
      new AwsUnavailableError('ExpiredTokenException'),
      3,
      /no valid credentials/,
    ],
    ['unknown keys, by an adapter', new ConfigurationError('UnrecognizedClientException'), 3, /no valid credentials/],
    ['a forbidden call', named('AccessDeniedException'), 3, /may not do this on AWS \(AccessDeniedException\)/],
    ['a forbidden call, by an adapter', new ConfigurationError('AccessDeniedException'), 3, /may not do this on AWS/],
    ['a table that is not there', new ConfigurationError('ResourceNotFoundException'), 3, /deploy it anew/],
    ['a machine that is not there', named('StateMachineDoesNotExist'), 3, /deploy it anew/],
    ['a refused connection', named('Error', { code: 'ECONNREFUSED' }), 3, /No answer \(ECONNREFUSED\)/],
    ['the same in fetch', named('TypeError', { cause: named('Error', { code: 'ECONNRESET' }) }), 3, /\(ECONNRESET\)/],
    ['the same of several addresses', named('AggregateError', { code: 'ECONNREFUSED', errors: [] }), 3, /ECONNREFUSED/],
    ['a call that took too long', named('TimeoutError'), 3, /No answer \(TimeoutError\)/],
    ['a table that is down', new AwsUnavailableError('InternalServerError'), 3, /No answer \(InternalServerError\)/],
    [
      'a setting that is wrong',
      new ConfigurationError('MISSING_TABLE_NAME'),
      1,
      /ConfigurationError: MISSING_TABLE_NAME/,
    ],
    ['a bug', new StepContractError('INPUT: patientId'), 1, /^StepContractError: INPUT: patientId$/],
    ['a bug with a long message', new TypeError('a\n  b\n'), 1, /^TypeError: a b$/],
  ])('%s', (_what, error, exitCode, line) => {
    const failure = failureOf(error);
    expect(failure.exitCode).toBe(exitCode);
    expect(failure.line).toMatch(line);
    expect(failure.line).not.toContain('\n');
  });

  it('commander has spoken already, also of the help that was asked for', () => {
    expect(failureOf(new CommanderError(1, 'commander.unknownCommand', 'x'))).toEqual({ exitCode: 2, line: null });
    expect(failureOf(new CommanderError(0, 'commander.helpDisplayed', 'x'))).toEqual({ exitCode: 0, line: null });
  });

  it('takes whatever is thrown', () => {
    expect(failureOf('thrown')).toEqual({ exitCode: 1, line: 'Error: thrown' });
  });
});
