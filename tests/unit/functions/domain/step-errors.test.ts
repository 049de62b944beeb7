import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '../../../../functions/domain/errors.ts';
import { STEP_ERRORS } from '../../../../functions/domain/step-errors.ts';
import { handlerOf } from '../../../../statemachines/asl.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** The text of a step's file and of everything it imports, types left out. */
function sourceOf(file: string, seen = new Map<string, string>()): string {
  if (seen.has(file)) return '';
  const text = readFileSync(join(ROOT, file), 'utf8');
  seen.set(file, text);
  for (const [, typeOnly, from = ''] of text.matchAll(/^(?:import|export) (type )?[^;]*? from '(\.[^']+\.ts)';/gms)) {
    if (typeOnly === undefined) sourceOf(join(dirname(file), from), seen);
  }
  return [...seen.values()].join('\n');
}

describe.each(Object.entries(STEP_ERRORS))('%s', (state, errors) => {
  it('is a step', () => {
    expect(globSync('functions/steps/*.ts', { cwd: ROOT })).toContain(`functions/steps/${handlerOf(state)}.ts`);
  });
  it('declares only errors that its code creates', () => {
    const source = sourceOf(`functions/steps/${handlerOf(state)}.ts`);
    expect(errors.filter((name) => !source.includes(`new ${name}(`))).toEqual([]);
    expect(errors.every((name) => ERROR_NAMES.includes(name))).toBe(true);
  });
  it('declares each error that its own file throws', () => {
    const own = readFileSync(join(ROOT, `functions/steps/${handlerOf(state)}.ts`), 'utf8');
    const thrown = [...own.matchAll(/new (\w+Error)\(/g)].map(([, name]) => name);
    expect(thrown.filter((name) => !(errors as readonly (string | undefined)[]).includes(name))).toEqual([]);
  });
});
