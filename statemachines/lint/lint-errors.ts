import type { AslErrorRule } from '../asl.ts';
import { MAX_WAIT_SECONDS, type Rule } from './lint-rule.ts';

/**
 * AWS's own error names that can be retried and caught, here as there. States.Runtime, States.NoChoiceMatched and
 * States.DataLimitExceeded are not among them: naming one that cannot be caught is a mistake.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export const AWS_ERROR_NAMES: readonly string[] = [
  'States.ALL',
  'States.TaskFailed',
  'States.Timeout',
  'States.Permissions',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
];

/** What a retrier must satisfy; AWS's bounds, of which asl-validator knows few. */
const RETRY_FIELDS: readonly [field: string, fits: (value: unknown) => boolean, rule: string][] = [
  ['JitterStrategy', (value) => value === 'FULL' || value === 'NONE', 'FULL or NONE'],
  ['BackoffRate', (value) => Number(value) >= 1, 'at least 1'],
  ['IntervalSeconds', (value) => Number.isInteger(value) && Number(value) >= 1, 'a whole number from 1'],
  ['MaxAttempts', (value) => Number.isInteger(value) && Number(value) >= 0, 'a whole number from 0'],
  [
    'MaxDelaySeconds',
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_WAIT_SECONDS,
    `a whole number from 1 to ${MAX_WAIT_SECONDS}`,
  ],
];

function checkNames(rule: AslErrorRule, known: readonly string[], where: string): string[] {
  const names = rule.ErrorEquals ?? [];
  const unknown = names.filter((name) => !known.includes(name));
  return [
    ...(names.length === 0 ? [`${where} names no error in ErrorEquals`] : []),
    ...unknown.map((name) => `${where} names ${name}, which is no error's name`),
    ...(names.includes('States.ALL') && names.length > 1 ? [`${where} must name States.ALL alone`] : []),
  ];
}

/** Only the last retrier or catcher may take all errors: those after it would never be asked. */
function checkAllIsLast(rules: readonly AslErrorRule[], field: string): string[] {
  const index = rules.findIndex((rule) => rule.ErrorEquals?.includes('States.ALL'));
  return index >= 0 && index < rules.length - 1 ? [`${field}[${index}] has States.ALL and is not the last`] : [];
}

/** Retry and Catch: the names they match, their order, the retriers' numbers. */
export const checkErrorHandling: Rule = ({ name: stateName, state }, { errorNames, stepErrors }) => {
  const known = [...errorNames, ...AWS_ERROR_NAMES];
  const retriers = state.Retry ?? [];
  const catchers = state.Catch ?? [];
  const findings = [...checkAllIsLast(retriers, 'Retry'), ...checkAllIsLast(catchers, 'Catch')];
  retriers.forEach((retrier, index) => {
    findings.push(...checkNames(retrier, known, `Retry[${index}]`));
    for (const [field, fits, rule] of RETRY_FIELDS) {
      if (field in retrier && !fits(retrier[field])) findings.push(`Retry[${index}].${field} must be ${rule}`);
    }
  });
  catchers.forEach((catcher, index) => {
    findings.push(...checkNames(catcher, known, `Catch[${index}]`));
  });
  if (state.Type === 'Task')
    findings.push(...checkThrown(stateName, [...retriers, ...catchers], errorNames, stepErrors));
  return findings;
};

/** A retrier or catcher for an error that the step cannot throw is dead, and misleads its reader. */
function checkThrown(
  state: string,
  rules: readonly AslErrorRule[],
  errorNames: readonly string[],
  stepErrors: Readonly<Record<string, readonly string[]>>,
): string[] {
  const thrown = stepErrors[state];
  if (thrown === undefined) return ['has no entry in functions/domain/step-errors.ts'];
  const named = new Set(rules.flatMap((rule) => rule.ErrorEquals ?? []));
  return [...named]
    .filter((name) => errorNames.includes(name) && !thrown.includes(name))
    .map((name) => `handles ${name}, which it cannot throw (functions/domain/step-errors.ts)`);
}
