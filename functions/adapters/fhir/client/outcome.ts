/**
 * What an OperationOutcome says, without its text: diagnostics may quote the chart.
 * https://hl7.org/fhir/R4/operationoutcome.html
 */
import { EhrConflictError, EhrRejectedError, EhrThrottledError, EhrUnavailableError } from '../../../domain/errors.ts';
import { isObject, isResource, itemsOf } from './resource.ts';

/** https://hl7.org/fhir/R4/valueset-issue-type.html. Any other text, however short, could be a name. */
const ISSUE_TYPES = new Set(
  (
    'invalid structure required value invariant security login unknown expired forbidden suppressed processing ' +
    'not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension too-costly ' +
    'business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational'
  ).split(' '),
);

/** Issues that make an answer incomplete, however mild their severity. */
const INCOMPLETE = new Set(['incomplete', 'timeout', 'too-costly', 'transient', 'lock-error', 'exception', 'no-store']);

/** Message numbers that a server prints before its text. HAPI's have four digits; another pattern could be a record number. */
const MESSAGE_NUMBER = /\bHAPI-\d{4}\b/;

/** Codes kept of one outcome: servers list one issue per field, and an error's code has to stay short. */
const KEPT_CODES = 3;

interface Issue {
  severity: unknown;
  code: string | null;
  number: string | null;
}

export function isOutcome(body: unknown): boolean {
  return isResource(body) && body.resourceType === 'OperationOutcome';
}

function issuesOf(body: unknown): Issue[] {
  if (!isResource(body) || body.resourceType !== 'OperationOutcome') return [];
  return itemsOf(body.issue)
    .filter(isObject)
    .map(({ severity, code, diagnostics, details }) => {
      const texts = [diagnostics, isObject(details) ? details.text : undefined];
      const numbers = texts.map((text) => (typeof text === 'string' ? MESSAGE_NUMBER.exec(text)?.[0] : undefined));
      return {
        severity,
        code: typeof code === 'string' && ISSUE_TYPES.has(code) ? code : null,
        number: numbers.find((each) => each !== undefined) ?? null,
      };
    });
}

/** The issue codes and message numbers of an outcome, e.g. `processing_HAPI-1094`; empty where it has none. */
function summaryOf(issues: readonly Issue[]): string {
  const codes = issues.map(({ code, number }) => [code, number].filter((each) => each !== null).join('_'));
  return [...new Set(codes.filter((each) => each !== ''))].slice(0, KEPT_CODES).join('+');
}

/** The error that a status and an OperationOutcome stand for; its code is e.g. `HTTP_400_processing_HAPI-1094`. */
export function errorOf(status: number, body: unknown): Error {
  const issues = issuesOf(body);
  const summary = summaryOf(issues);
  const code = `HTTP_${Number.isNaN(status) ? 'NONE' : status}${summary === '' ? '' : `_${summary}`}`;
  const has = (...codes: string[]) => issues.some((issue) => issue.code !== null && codes.includes(issue.code));
  if (status === 429 || has('throttled')) return new EhrThrottledError(code);
  if (status === 409 || status === 412 || has('conflict')) return new EhrConflictError(code);
  if (status >= 500 || status === 408 || status === 425 || Number.isNaN(status)) return new EhrUnavailableError(code);
  if (has('transient', 'lock-error', 'timeout')) return new EhrUnavailableError(code);
  return new EhrRejectedError(code);
}

/**
 * Refuses an answer of status 200 with an outcome that says it failed or is incomplete: it is not an empty answer. A warning
 * about a parameter that the server ignored passes; the search's filter makes up for it.
 */
export function assertComplete(outcome: unknown): void {
  const failed = issuesOf(outcome).filter(
    ({ severity, code }) => severity === 'error' || severity === 'fatal' || INCOMPLETE.has(code ?? ''),
  );
  if (failed.length === 0) return;
  if (failed.some(({ code }) => code === 'throttled')) throw new EhrThrottledError('ANSWER_IS_AN_ERROR_throttled');
  const summary = summaryOf(failed);
  throw new EhrUnavailableError(`ANSWER_IS_AN_ERROR${summary === '' ? '' : `_${summary}`}`);
}
