/** An operator finds a line for each name and code that a log can show. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '../../../functions/domain/errors.ts';
import { runbookSections } from '../../support/docs/runbook.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const section = (anchor: string) => runbookSections.get(anchor) ?? '';

/** By these no execution fails: the workflow catches them, and they become an outcome with a reason of its own. */
const CAUGHT = [
  'LeaseHeldError',
  'PatientNotEligibleError',
  'PostconditionViolatedError',
  'ResponsibleProviderUnresolvedError',
];
/** Of what is told over HTTP or by a queue. */
const ELSEWHERE = ['DecisionRefusedError', 'MessageUnknownError', 'WrongCursorError'];

describe('the runbook', () => {
  it('has a line for each error by which an execution can fail, and no line for another name', () => {
    const table = section('executions-fail');
    const failing = ERROR_NAMES.filter((name) => !CAUGHT.includes(name) && !ELSEWHERE.includes(name));
    expect(failing.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
    const named = [...table.matchAll(/^\| .*?\|/gm)].flatMap(([cell]) => cell.match(/\w+Error\b/g) ?? []);
    expect(named.filter((name) => !(failing as string[]).includes(name))).toEqual([]);
  });

  it('names groups and actions as the console does', () => {
    const pages = globSync('docs/runbook/*.md', { cwd: ROOT }).map((file) => readFileSync(`${ROOT}${file}`, 'utf8'));
    const text = pages.join('\n').replaceAll(/\s+/g, ' ');
    const actions = [...text.matchAll(/\*\*Actions, ([^*]+)\*\*|in the console \*\*([^*]+)\*\*[^*]+\*\*([^*]+)\*\*/g)];
    const groups = [...text.matchAll(/\*\*Today\*\* shows it under "([^"]+)"/g)];
    const labels = [...actions, ...groups].flatMap(([, ...found]) => found.filter((label) => label !== undefined));
    expect(labels).toHaveLength(4);
    const words = readFileSync(`${ROOT}console/words.ts`, 'utf8');
    expect(labels.filter((label) => !words.includes(`'${label}'`))).toEqual([]);
  });

  it('has a line for each code of a ConfigurationError', () => {
    const table = section('a-setting-is-wrong');
    const sources = globSync('functions/**/*.ts', { cwd: ROOT }).map((file) => readFileSync(`${ROOT}${file}`, 'utf8'));
    const codes = sources.flatMap((text) =>
      [...text.matchAll(/ConfigurationError\(\s*['`]([A-Z_]+)/g)].map(([, code = '']) => code),
    );
    expect(new Set(codes).size).toBeGreaterThan(8);
    const lines = [...table.matchAll(/`([A-Z_]+)(…|<)?[^`]*`/g)].map(([, code = '', open]) => ({ code, open }));
    const isTold = (code: string) =>
      lines.some((line) => (line.open === undefined ? line.code === code : code.startsWith(line.code)));
    expect([...new Set(codes)].filter((code) => !isTold(code))).toEqual([]);
  });
});
