import { describe, expect, it } from 'vitest';
import { assertComplete, errorOf } from '../../../../../../functions/adapters/fhir/client/outcome.ts';

const CANARY = 'Q987654321';
const outcome = (...issue: unknown[]) => ({ resourceType: 'OperationOutcome', issue });

describe('errorOf: the code', () => {
  it.each<[string, unknown, string]>([
    ['the issue code', outcome({ code: 'invalid', diagnostics: CANARY }), 'HTTP_400_invalid'],
    [
      'a message number of HAPI',
      outcome({ code: 'processing', diagnostics: `HAPI-1094: Resource ${CANARY} not found` }),
      'HTTP_400_processing_HAPI-1094',
    ],
    ['the number in the details', outcome({ details: { text: `HAPI-2207 ${CANARY}` } }), 'HTTP_400_HAPI-2207'],
    [
      'several issues, each once',
      outcome({ code: 'invalid' }, { code: 'required' }, { code: 'invalid' }),
      'HTTP_400_invalid+required',
    ],
    [
      'three at most',
      outcome({ code: 'invalid' }, { code: 'required' }, { code: 'value' }, { code: 'structure' }),
      'HTTP_400_invalid+required+value',
    ],
    ['no other number, it may be a record’s', outcome({ code: 'value', diagnostics: 'MRN-1094' }), 'HTTP_400_value'],
    ['no longer number', outcome({ code: 'value', diagnostics: 'HAPI-109455' }), 'HTTP_400_value'],
    ['no code that FHIR does not know', outcome({ code: CANARY }), 'HTTP_400'],
    ['no issue', outcome(), 'HTTP_400'],
    ['issues that are none', outcome(null, 'x', 7, { code: { a: 1 }, diagnostics: ['HAPI-1094'] }), 'HTTP_400'],
    ['issues that are no list', { resourceType: 'OperationOutcome', issue: { code: 'invalid' } }, 'HTTP_400'],
    ['no outcome', { error: CANARY }, 'HTTP_400'],
    ['nothing', undefined, 'HTTP_400'],
  ])('%s', (_case, body, code) => {
    expect(errorOf(400, body)).toMatchObject({ name: 'EhrRejectedError', message: code });
  });
});

describe('assertComplete', () => {
  it.each<[string, object]>([
    ['an error', { severity: 'error', code: 'processing' }],
    ['a fatal error', { severity: 'fatal', code: 'exception' }],
    ['an error without a code', { severity: 'error' }],
    ...['incomplete', 'timeout', 'too-costly', 'transient'].map((code): [string, object] => [
      `a warning that says ${code}`,
      { severity: 'warning', code },
    ]),
    ['an issue without severity that says incomplete', { code: 'incomplete' }],
  ])('refuses %s', (_case, issue) => {
    expect(() => assertComplete(outcome({ ...issue, diagnostics: CANARY }))).toThrow(
      expect.objectContaining({ name: 'EhrUnavailableError', message: expect.stringMatching(/^ANSWER_IS_AN_ERROR/) }),
    );
  });
  it('refuses one of several', () => {
    expect(() => assertComplete(outcome({ severity: 'information' }, { severity: 'error', code: 'timeout' }))).toThrow(
      'ANSWER_IS_AN_ERROR_timeout',
    );
  });
  it('calls a throttled answer throttled', () => {
    expect(() => assertComplete(outcome({ severity: 'error', code: 'throttled' }))).toThrow(
      expect.objectContaining({ name: 'EhrThrottledError' }),
    );
  });
  it.each<[string, unknown]>([
    ['a parameter that was ignored', outcome({ severity: 'warning', code: 'not-supported' })],
    ['a remark', outcome({ severity: 'information', code: 'informational' })],
    ['no issue', outcome()],
    ['no outcome', undefined],
  ])('lets pass %s', (_case, body) => expect(() => assertComplete(body)).not.toThrow());
});
