import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AslDefinition, handlerOf } from '../../../../statemachines/asl.ts';
import { lintRules, lintStateMachine, unusedHandlers } from '../../../../statemachines/lint/lint.ts';

type States = Record<string, Record<string, unknown>>;

const HANDLERS = [
  'verify-email',
  'check-expiry',
  'regenerate-pin',
  'clear-routing',
  'sign-document',
  'send-enrollment-notification',
  'discard-draft',
];
const ERROR_NAMES = ['EhrUnavailableError', 'EhrThrottledError', 'EhrConflictError', 'RoutingNotEmptyError'];
const THROWN = ['EhrUnavailableError', 'EhrThrottledError', 'EhrConflictError'];
const STEP_ERRORS = new Proxy<Record<string, readonly string[]>>({}, { get: () => THROWN });

function smallProcedure(): Record<string, unknown> & { States: States } {
  return JSON.parse(
    readFileSync(new URL('../../../support/fixtures/small-procedure.asl.json', import.meta.url), 'utf8'),
  );
}

function lint(definition: object, handlers = HANDLERS, linted = lintRules): string[] {
  const asWritten = JSON.parse(JSON.stringify(definition)) as AslDefinition; // without the fields that are undefined
  const findings = linted(asWritten, { handlers, errorNames: ERROR_NAMES, stepErrors: STEP_ERRORS });
  return findings.map(({ state, message }) => `${state ?? '(machine)'}: ${message}`);
}

/** The findings for the procedure with some fields of one state (null: of the machine) replaced. */
function findingsWith(state: string | null, fields: object): string[] {
  const definition = smallProcedure();
  Object.assign(state === null ? definition : (definition.States[state] ?? {}), fields);
  return lint(definition);
}

const retry = (fields: object) => ({ Retry: [{ ErrorEquals: ['EhrUnavailableError'], ...fields }] });
const selector = (path: string) => ({ ResultSelector: { 'document.$': path } });
const payload = (fields: object) => ({
  Parameters: { FunctionName: `$\{VerifyEmailFunctionArn}`, Payload: fields },
});
const choice = (rule: object) => ({ Choices: [{ Variable: '$.decision.due', Next: 'RegeneratePin', ...rule }] });
const wait = (fields: object) => ({ Type: 'Wait', Parameters: undefined, ...fields });

describe('the lint', () => {
  it('lets the procedure pass', () => {
    expect(lint(smallProcedure(), HANDLERS, lintStateMachine)).toEqual([]);
  });

  it("adds asl-validator's findings, by state", () => {
    const definition = smallProcedure();
    Object.assign(definition.States.VerifyEmail ?? {}, { TimeoutSeconds: 1.5 });
    const [found, ...others] = lint(definition, HANDLERS, lintStateMachine);
    expect(found).toMatch(/^VerifyEmail: asl-validator: .*TimeoutSeconds is invalid/);
    expect(others).toEqual([]);
  });

  it.each<[expected: string, state: string, fields: object]>([
    // what the local interpreter ignores or does otherwise
    ['QueryLanguage JSONata is ignored', 'NotNeeded', { QueryLanguage: 'JSONata' }],
    ['Assign is ignored locally: no variables', 'VerifyEmail', { Assign: { 'x.$': '$.Payload' } }],
    ['Variables is ignored', 'VerifyEmail', { Variables: {} }],
    ['Arguments is ignored', 'VerifyEmail', { Arguments: {} }],
    ['Output is ignored', 'NotNeeded', { Output: '{% 1 %}' }],
    ['ResultPath "$" is not of the form', 'VerifyEmail', { ResultPath: '$' }],
    [`ResultPath "$['a']" is not`, 'VerifyEmail', { ResultPath: "$['a']" }],
    [
      'ResultPath "$" is not',
      'SignDocument',
      { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'DiscardDraft', ResultPath: '$' }] },
    ],
    ['Result false is ignored', 'NotNeeded', { Result: false }],
    ['Result "" is ignored', 'NotNeeded', { Result: '' }],
    ['HeartbeatSeconds is ignored', 'VerifyEmail', { HeartbeatSeconds: 5 }],
    ['HeartbeatSecondsPath is ignored', 'VerifyEmail', { HeartbeatSecondsPath: '$.x' }],
    ['ToleratedFailurePercentage is ignored', 'VerifyEmail', { ToleratedFailurePercentage: 5 }],
    ['ToleratedFailureCountPath is ignored', 'VerifyEmail', { ToleratedFailureCountPath: '$.x' }],
    ['ItemReader is ignored', 'VerifyEmail', { ItemReader: {} }],
    ['ResultWriter is ignored', 'VerifyEmail', { ResultWriter: {} }],
    ['Credentials is ignored', 'VerifyEmail', { Credentials: {} }],
    ['Seconds is longer than 24.8 days', 'NotNeeded', wait({ Seconds: 2_147_484 })],
    ['SecondsPath: its length cannot be checked', 'NotNeeded', wait({ SecondsPath: '$.x' })],
    ['Timestamp: its length cannot be checked', 'NotNeeded', wait({ Timestamp: '2030-01-01T00:00:00Z' })],
    ['TimeoutSeconds is longer than 24.8 days', 'VerifyEmail', { TimeoutSeconds: 2_147_484 }],
    ['TimeoutSecondsPath: its length', 'VerifyEmail', { TimeoutSecondsPath: '$.x' }],
    ['has no TimeoutSeconds', 'VerifyEmail', { TimeoutSeconds: undefined }],
    ['reads $$.Task.Token, which', 'VerifyEmail', payload({ 'x.$': '$$.Task.Token' })],
    ['reads $$.State, which', 'VerifyEmail', payload({ 'x.$': '$$.State' })],
    [
      'reads $$.Execution.RedriveTime, which',
      'VerifyEmail',
      payload({ 'x.$': "States.Format('{}', $$.Execution.RedriveTime)" }),
    ],
    ['reads $$.Map.Item.Value, which', 'WhatIsDue', choice({ Variable: '$$.Map.Item.Value', IsNull: true })],
    ['reads $$.State.RetryCount outside a Task', 'NotNeeded', { Parameters: { 'n.$': '$$.State.RetryCount' } }],
    ['CausePath is no path', 'RegenerationFailed', { CausePath: "States.Format('{}', $.failure.Cause)" }],
    ['ErrorPath is no path', 'RegenerationFailed', { ErrorPath: "States.Format('{}', $.failure.Error)" }],
    ['neither Error nor ErrorPath', 'RegenerationFailed', { ErrorPath: undefined }],
    ['neither Cause nor CausePath', 'RegenerationFailed', { CausePath: undefined }],
    ['IsPresent: false never matches', 'WhatIsDue', choice({ IsPresent: false })],
    [
      'IsNull: false never matches',
      'WhatIsDue',
      { Choices: [{ And: [{ Variable: '$.x', IsNull: false }], Next: 'NotNeeded' }] },
    ],
    ['Type Sleep is not supported', 'NotNeeded', { Type: 'Sleep' }],
    [
      'Resource arn:aws:states:::sns:publish is not one of',
      'VerifyEmail',
      { Resource: 'arn:aws:states:::sns:publish' },
    ],
    [
      'lambda:invoke.waitForTaskToken is not',
      'VerifyEmail',
      { Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' },
    ],
    // data flow
    ['document.$ reads $.document, which lambda:invoke', 'SignDocument', selector('$.document')],
    ['document.$ reads $, which lambda:invoke', 'SignDocument', selector('$')],
    ['document.$ is neither a path nor an intrinsic', 'SignDocument', selector('document')],
    ['reads the variable $seen', 'SignDocument', selector('$seen')],
    ['InputPath "patient" is no JSONPath', 'VerifyEmail', { InputPath: 'patient' }],
    ['x is handed on as the text $.patientId', 'VerifyEmail', payload({ x: '$.patientId' })],
    ['x is handed on as the text States.UUID()', 'VerifyEmail', payload({ x: 'States.UUID()' })],
    // errors
    [
      'handles RoutingNotEmptyError, which it cannot throw (functions/domain/step-errors.ts)',
      'VerifyEmail',
      retry({ ErrorEquals: ['RoutingNotEmptyError'] }),
    ],
    [
      'handles RoutingNotEmptyError, which it cannot throw (functions/domain/step-errors.ts)',
      'VerifyEmail',
      { Catch: [{ ErrorEquals: ['RoutingNotEmptyError'], Next: 'CheckExpiry' }] },
    ],
    [
      "Retry[0] names EhrAsleepError, which is no error's name",
      'VerifyEmail',
      retry({ ErrorEquals: ['EhrAsleepError'] }),
    ],
    ['Retry[0] names States.Runtime, which', 'VerifyEmail', retry({ ErrorEquals: ['States.Runtime'] })],
    ['Retry[0] names no error', 'VerifyEmail', retry({ ErrorEquals: [] })],
    [
      'Catch[0] names MadeUpError, which',
      'SignDocument',
      { Catch: [{ ErrorEquals: ['MadeUpError'], Next: 'DiscardDraft' }] },
    ],
    ['Retry[0] must name States.ALL alone', 'VerifyEmail', retry({ ErrorEquals: ['States.Timeout', 'States.ALL'] })],
    [
      'Retry[0] has States.ALL and is not the last',
      'VerifyEmail',
      { Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['States.Timeout'] }] },
    ],
    [
      'Catch[0] has States.ALL and is not the last',
      'SignDocument',
      {
        Catch: [
          { ErrorEquals: ['States.ALL'], Next: 'DiscardDraft' },
          { ErrorEquals: ['States.Timeout'], Next: 'DiscardDraft' },
        ],
      },
    ],
    ['Retry[0].JitterStrategy must be FULL or NONE', 'VerifyEmail', retry({ JitterStrategy: 'HALF' })],
    ['Retry[0].BackoffRate must be at least 1', 'VerifyEmail', retry({ BackoffRate: 0.5 })],
    ['Retry[0].IntervalSeconds must be', 'VerifyEmail', retry({ IntervalSeconds: 0.5 })],
    ['Retry[0].MaxAttempts must be', 'VerifyEmail', retry({ MaxAttempts: -1 })],
    ['Retry[0].MaxDelaySeconds must be', 'VerifyEmail', retry({ MaxDelaySeconds: 3e6 })],
    // the house
    ['has no Comment', 'WhatIsDue', { Comment: undefined }],
    ['has no Comment', 'WhatIsDue', { Comment: ' ' }],
    ['has a Default', 'WhatIsDue', { Default: 'NotNeeded' }],
    [
      `FunctionName must be $\{VerifyEmailFunctionArn}, not $\{CheckExpiryFunctionArn}`,
      'VerifyEmail',
      { Parameters: { FunctionName: `$\{CheckExpiryFunctionArn}` } },
    ],
    // the graph
    ['Next Nowhere is no state here', 'VerifyEmail', { Next: 'Nowhere' }],
    ['Next Nowhere is no state here', 'WhatIsDue', choice({ IsNull: true, Next: 'Nowhere' })],
  ])('%s', (expected, state, fields) => {
    const findings = findingsWith(state, fields).filter((finding) => finding.startsWith(`${state}: `));
    expect(findings.join('\n')).toContain(expected);
  });

  it.each<[expected: string, fields: object]>([
    ['(machine): QueryLanguage JSONata is ignored', { QueryLanguage: 'JSONata' }],
    ['(machine): has no Comment', { Comment: undefined }],
    ['(machine): TimeoutSeconds is longer', { TimeoutSeconds: 2_147_484 }],
    ['(machine): StartAt Nowhere is no state here', { StartAt: 'Nowhere' }],
    ['VerifyEmail: is reached from nowhere', { StartAt: 'CheckExpiry' }],
    [`(machine): nothing is put for the token $\{TableName}`, { Comment: `the table $\{TableName}` }],
  ])('%s', (expected, fields) => {
    expect(findingsWith(null, fields).join('\n')).toContain(expected);
  });

  it('lets paths and choices pass that run alike here and there', () => {
    const definition = smallProcedure();
    Object.assign(definition.States.VerifyEmail ?? {}, {
      InputPath: '$.patient',
      Parameters: {
        FunctionName: `$\{VerifyEmailFunctionArn}`,
        Payload: {
          'started.$': '$$.Execution.StartTime',
          'force.$': '$$.Execution.Input.force',
          'retry.$': '$$.State.RetryCount',
          'text.$': "States.Format('{} {}', $.a, $$.StateMachine.Name)",
          price: '$5',
        },
      },
      ResultSelector: { 'address.$': '$.Payload.address', 'code.$': '$.StatusCode', 'at.$': '$$.State.EnteredTime' },
    });
    Object.assign(definition.States.SignDocument ?? {}, { ResultPath: null });
    Object.assign(definition.States.WhatIsDue ?? {}, {
      Choices: [
        { Not: { Variable: '$.decision.due', IsPresent: true }, Next: 'NotNeeded' },
        { Variable: '$.decision.due', StringEquals: 'REGENERATE', Next: 'RegeneratePin' },
      ],
    });
    expect(lint(definition, HANDLERS, lintStateMachine)).toEqual([]);
  });

  it('looks into Map and Parallel', () => {
    const definition = smallProcedure();
    const { VerifyEmail, SignDocument } = definition.States;
    const inner = {
      StartAt: 'SignDocument',
      States: { SignDocument: { ...SignDocument, Catch: [], Next: undefined, End: true } },
    };
    const machine = {
      Comment: 'nested',
      StartAt: 'All',
      States: {
        All: {
          Type: 'Map',
          Comment: 'each',
          ItemSelector: { 'n.$': '$$.Map.Item.Index' },
          ItemProcessor: inner,
          Next: 'Both',
        },
        Both: {
          Type: 'Parallel',
          Comment: 'both',
          Branches: [
            { StartAt: 'VerifyEmail', States: { VerifyEmail: { ...VerifyEmail, Next: undefined, End: true } } },
          ],
          End: true,
        },
      },
    };
    expect(lint(machine, HANDLERS, lintStateMachine)).toEqual([]);
    Object.assign(inner.States.SignDocument, { HeartbeatSeconds: 5, ...selector('$$.State.Name') });
    Object.assign(machine.States.All.ItemProcessor, {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    });
    const findings = lint(machine, ['verify-email']).join('\n');
    expect(findings).toContain('SignDocument: HeartbeatSeconds is ignored');
    expect(findings).toContain('SignDocument: ResultSelector reads $$.State.Name inside a Map');
    expect(findings).toContain('SignDocument: has no handler functions/steps/sign-document.ts');
    expect(findings).toContain('All: a DISTRIBUTED map is not supported');
  });

  it('takes tokens of the deployment when told', () => {
    const definition = smallProcedure();
    const Parameters = { FunctionName: `$\{SharedFunctionArn}` };
    Object.assign(definition.States.VerifyEmail ?? {}, { Parameters });
    const options = { handlers: HANDLERS, errorNames: ERROR_NAMES, stepErrors: STEP_ERRORS };
    expect(lintRules(definition, { ...options, tokens: ['SharedFunctionArn'] })).toEqual([]);
    expect(lintRules(definition, options)).toHaveLength(2);
  });
});

describe('handlers', () => {
  it.each([
    ['VerifyEmail', 'verify-email'],
    ['SendEnrollmentNotification', 'send-enrollment-notification'],
    ['ReadFHIRChart', 'read-fhir-chart'],
  ])('%s is %s', (state, file) => {
    expect(handlerOf(state)).toBe(file);
  });

  it('without a Task in any machine are found', () => {
    expect(unusedHandlers([smallProcedure()], [...HANDLERS, 'left-over'])).toEqual(['left-over']);
  });

  it('a Task without one is found', () => {
    expect(lint(smallProcedure(), HANDLERS.slice(1))).toEqual([
      'VerifyEmail: has no handler functions/steps/verify-email.ts',
    ]);
  });
});
