import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { handlerOf } from '../../statemachines/asl.ts';
import { readStateMachine, stateMachineNames } from '../../statemachines/read-asl.ts';
import { CLOCKS, cyclesIn, ENVIRONMENTS, violationsIn } from './rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const sources = globSync('{functions,statemachines,infra,console,local,cli,bench,docs}/**/*.{ts,tsx}', {
  cwd: root,
  exclude: ['**/node_modules/**', '**/*.d.ts'],
});

describe('who imports whom', () => {
  it('looks at the whole tree', () => {
    expect(sources.length).toBeGreaterThan(80);
    for (const file of [
      'functions/domain/case/due.ts',
      'functions/steps/verify-email.ts',
      'local/platform/platform.ts',
    ]) {
      expect(sources).toContain(file);
    }
  });

  it('is as the table says, in every source file', () => {
    const broken = sources.flatMap((file) => violationsIn(file, textOf(file)).map((each) => `${file} ${each}`));
    expect(broken).toEqual([]);
  });

  it.each([...Object.keys(CLOCKS), ...Object.keys(ENVIRONMENTS)])(
    'an exception that nobody needs is none: %s',
    (file) => {
      expect(textOf(file)).toMatch(file in CLOCKS ? /Date\.now\(\)/ : /process\.env/);
    },
  );
});

describe('import cycles', () => {
  const files = [...sources, ...globSync('tests/**/*.{ts,tsx}', { cwd: root, exclude: ['**/*.d.ts'] })];

  it('do not exist in any source or test file', () => {
    for (const folder of ['functions', 'statemachines', 'infra', 'console', 'local', 'cli', 'bench', 'docs', 'tests']) {
      expect(files.some((file) => file.startsWith(`${folder}/`))).toBe(true);
    }
    expect(cyclesIn(new Map(files.map((file) => [file, textOf(file)])))).toEqual([]);
  });

  it.each([
    ['a value', "import { b } from './b.ts';"],
    ['a type', "import type { B } from './b.ts';"],
    ['an inline type', "type B = import('./b.ts').B;"],
    ['a dynamic import', "const { b } = await import('./b.ts');"],
    ['a re-export', "export { b } from './b.ts';"],
  ])('are found through %s', (_kind, planted) => {
    const cycle = new Map([
      ['local/a.ts', planted],
      ['local/b.ts', "import { c } from './http/c.ts';"],
      ['local/http/c.ts', "import { a } from '../a.ts';"],
    ]);
    expect(cyclesIn(cycle)).toEqual(['local/a.ts → local/b.ts → local/http/c.ts → local/a.ts']);
    expect(cyclesIn(cycle.set('local/http/c.ts', "import { start } from 'node:test';"))).toEqual([]);
  });
});

describe('a case is changed by the functions of its folder alone', () => {
  const planted = [
    ['a parameter', 'const due = (one: Account) => ({ ...one, nextCheckDay: null });'],
    ['a parameter that may be null', 'const due = (one: Account | null) => ({ ...one, nextCheckDay: null });'],
    ['a variable', 'let one: Account; one = { ...one, nextCheckDay: null };'],
    ['its usual name', 'const { account } = link; const next = { ...account, draft: null };'],
    ['a member', 'const next = { ...link.account, draft: null };'],
    ['what was read', 'const one = await ports.cases.read(id); const next = { failures: 0, ...one };'],
    ['what was saved', 'const next = { ...(await cases.save(null, one)), draft: null };'],
    ['what a transition returns', 'const next = { ...withDraft(one, null), failures: 0 };'],
    ['a copy of it', 'const one = withDraft(two, null); const three = one; const next = { ...three, failures: 0 };'],
  ] as const;
  const source = (text: string) => `import { withDraft } from '../../domain/case/attempt.ts';\n${text}`;

  it.each(planted)('a spread of %s is found', (_what, text) => {
    expect(violationsIn('functions/usecases/case/start.ts', source(text))).toEqual(['spreads a case']);
  });

  it('a part of one is found', () => {
    const noting = 'interface End { noting?: Partial<Account> }';
    expect(violationsIn('functions/usecases/case/end-case.ts', noting)).toEqual(['changes a part of a case']);
  });

  it.each([
    ['another object', 'const next = { ...run, minutes: 1 };'],
    ['a part of a case', 'const next = { ...account.draft, document };'],
    ['a list of cases', 'const all = (page: Account[]) => [...page];'],
  ])('a spread of %s is none', (_what, text) => {
    expect(violationsIn('functions/usecases/case/start.ts', source(text))).toEqual([]);
  });
});

describe('the checker finds what is planted', () => {
  it.each([
    [
      'functions/domain/case/due.ts',
      "import { start } from '../../usecases/case/start.ts';",
      'imports functions/usecases/case/start.ts',
    ],
    [
      'functions/domain/case/due.ts',
      "import type { Ehr } from '../../ports/ehr/ehr.ts';",
      'imports functions/ports/ehr/ehr.ts',
    ],
    ['functions/domain/case/due.ts', "import { readFileSync } from 'node:fs';", 'imports node:fs'],
    ['functions/domain/case/due.ts', "import * as z from 'zod';", 'imports zod'],
    ['functions/domain/case/due.ts', "import { randomInt } from 'node:crypto';", 'imports randomInt of node:crypto'],
    ['functions/domain/case/due.ts', "const answer = await fetch('https://x');", 'is not pure: fetch'],
    ['functions/domain/case/due.ts', 'const id = crypto.randomUUID();', 'is not pure: crypto'],
    ['functions/domain/case/due.ts', 'const now = Date.now();', 'reads the clock: Date.now'],
    ['functions/domain/case/due.ts', "const now = Date['now']();", 'reads the clock: Date.now'],
    ['functions/usecases/case/start.ts', 'const now = new Date();', 'reads the clock: new Date()'],
    ['local/command/start.ts', 'const now = Date();', 'reads the clock: Date()'],
    ['local/command/start.ts', "const table = process.env.TABLE ?? '';", 'reads the environment'],
    ['functions/adapters/aws/ses-mailer.ts', 'const { AWS_REGION } = process.env;', 'reads the environment'],
    ['functions/domain/chart/pin.ts', 'const digit = Math.random() * 10;', 'draws from Math.random'],
    [
      'functions/ports/ehr/ehr.ts',
      "import type { Policy } from '../../runtime/policy.ts';",
      'imports functions/runtime/policy.ts',
    ],
    [
      'functions/usecases/case/start.ts',
      "export * from '../../adapters/aws/ses-mailer.ts';",
      'imports functions/adapters/aws/ses-mailer.ts',
    ],
    [
      'functions/adapters/aws/ses-mailer.ts',
      "import { setting } from '../../runtime/config.ts';",
      'imports functions/runtime/config.ts',
    ],
    [
      'functions/notification/mail.ts',
      "import { readPolicy } from '../runtime/policy.ts';",
      'imports functions/runtime/policy.ts',
    ],
    ['functions/runtime/providers/chart.ts', "import { SignJWT } from 'jose/jwt/sign';", 'imports jose/jwt/sign'],
    [
      'functions/runtime/providers/chart.ts',
      "import { handler } from '../../steps/verify-email.ts';",
      'imports functions/steps/verify-email.ts',
    ],
    [
      'functions/steps/verify-email.ts',
      "import { createFhirEhr } from '../adapters/fhir/ehr.ts';",
      'imports functions/adapters/fhir/ehr.ts',
    ],
    [
      'functions/steps/verify-email.ts',
      "import { SESClient } from '@aws-sdk/client-ses';",
      'imports @aws-sdk/client-ses',
    ],
    [
      'functions/steps/verify-email.ts',
      "import { createVirtualClock } from '../../local/settings/clock.ts';",
      'imports local/settings/clock.ts',
    ],
    [
      'functions/steps/verify-email.ts',
      "const clock = await import('../../local/settings/clock.ts');",
      'imports local/settings/clock.ts',
    ],
    [
      'functions/steps/verify-email.ts',
      "type Clock = import('../../local/settings/clock.ts').VirtualClock;",
      'imports local/settings/clock.ts',
    ],
    ['functions/steps/verify-email.ts', "import { App } from '../../infra/app.ts';", 'imports infra/app.ts'],
    [
      'functions/steps/verify-email.ts',
      "import { ehr } from '../runtime/providers/chart';",
      'imports ../runtime/providers/chart without its extension',
    ],
    [
      'local/platform/platform.ts',
      "import { patient } from '../../tests/support/local/running-ehr.ts';",
      'imports tests/support/local/running-ehr.ts',
    ],
    ['local/platform/platform.ts', "import { measure } from '../../bench/run.ts';", 'imports bench/run.ts'],
    [
      'console/pages/today.tsx',
      "import { policy } from '../../functions/runtime/policy.ts';",
      'imports functions/runtime/policy.ts',
    ],
    [
      'console/local/calls.ts',
      "import { chart } from '../../local/console/local-api-contract.ts';",
      'imports local/console/local-api-contract.ts',
    ],
    [
      'infra/app.ts',
      "import { stepHandler } from '../functions/runtime/step-handler.ts';",
      'imports functions/runtime/step-handler.ts',
    ],
    ['functions/helpers/text.ts', 'export {};', 'belongs to no layer of the table'],
  ])('%s: %s', (file, source, violation) => expect(violationsIn(file, source)).toEqual([violation]));

  it.each([
    ['functions/domain/case/due.ts', "import { createHash } from 'node:crypto';\nconst then = new Date(0);"],
    ['functions/domain/case/due.ts', '// Date.now() and process.env are for others\nconst text = "new Date()";'],
    ['functions/notification/mail.ts', "import type { Policy } from '../runtime/policy.ts';"],
    ['functions/runtime/clock.ts', 'const now = Date.now();'],
    ['functions/adapters/smart/smart-authorization.ts', "import { SignJWT } from 'jose/jwt/sign';"],
    ['infra/app.ts', "import { ENVIRONMENT } from '../functions/runtime/config.ts';"],
    ['infra/table.ts', "import { DUE_INDEX } from '../functions/adapters/dynamodb/table.ts';"],
    ['local/platform/platform.ts', "import { handler } from '../../functions/steps/verify-email.ts';"],
  ])('and lets pass what is allowed: %s: %s', (file, source) => expect(violationsIn(file, source)).toEqual([]));
});

describe('one name per thing', () => {
  const steps = globSync('functions/steps/*.ts', { cwd: root });
  interface State {
    Type: string;
    Parameters?: { FunctionName?: string };
  }
  const tasks = stateMachineNames().flatMap((name) => {
    const { States } = readStateMachine<{ States: Record<string, State> }>(name);
    return Object.entries(States).filter(([, state]) => state.Type === 'Task');
  });
  const fileOf = (state: string) => `functions/steps/${handlerOf(state)}.ts`;

  it('every Task state has its step, and every step its state', () => {
    expect(tasks.length).toBeGreaterThan(6);
    expect(tasks.map(([state]) => fileOf(state)).toSorted()).toEqual(steps.toSorted());
  });
  it.each(tasks.map(([state, { Parameters }]) => [state, Parameters?.FunctionName]))('%s', (state, token) => {
    expect(token).toBe(`\${${state}FunctionArn}`);
    expect(textOf(fileOf(String(state)))).toContain(`stepHandler({\n  name: '${state}',`);
  });
});

describe('handler files', () => {
  const files = globSync('functions/{steps,triggers,pickup,admin}/*.ts', { cwd: root });
  it.each(files.filter((file) => textOf(file).includes('export const handler')))('%s fits on three screens', (file) => {
    // 130 lines: what it is for, its input, the use case, the binding. What is longer belongs into usecases/.
    const lines = textOf(file).split('\n').length - 1;
    expect(lines).toBeLessThanOrEqual(130);
  });
});

describe('tests/unit mirrors the tree', () => {
  /** Tests of a kind of input or of a whole folder, which no single file is the source of. */
  const WITHOUT_SOURCE: Record<string, string> = {
    'tests/unit/functions/adapters/dynamodb/unreadable-items.test.ts': 'every kind of record, each spoiled',
    'tests/unit/functions/adapters/fhir/damaged-charts.test.ts': 'the whole adapter over damaged charts',
    'tests/unit/functions/adapters/fhir/races.test.ts': 'the whole adapter with another writer beside it',
    'tests/unit/infra/stacks/exports.test.ts': 'both stacks of two versions',
    'tests/unit/statemachines/retry-budget.test.ts': 'the state machine itself, which is YAML',
  };
  const existing = new Set(globSync('{functions,statemachines,infra,local,cli,bench}/**/*.{ts,tsx}', { cwd: root }));
  const isWithoutSource = (test: string) => {
    const source = test.slice('tests/unit/'.length).replace(/\.test\.ts$/, '');
    return !existing.has(`${source}.ts`) && !existing.has(`${source}.tsx`);
  };
  // A page of docs/ has no source; its test bears its name.
  const tests = globSync('tests/unit/**/*.test.ts', { cwd: root }).filter(
    (file) => !file.startsWith('tests/unit/docs/'),
  );

  it('each test stands at the path of its source', () => {
    expect(tests.length).toBeGreaterThan(100);
    expect(tests.filter(isWithoutSource).toSorted()).toEqual(Object.keys(WITHOUT_SOURCE).toSorted());
  });
  it('a test beside no source is found', () => {
    expect(isWithoutSource('tests/unit/functions/domain/due.test.ts')).toBe(true);
    expect(isWithoutSource('tests/unit/functions/domain/case/due.test.ts')).toBe(false);
  });
  it('each step has a test', () => {
    const steps = globSync('functions/steps/*.ts', { cwd: root });
    const untested = steps.filter((file) => !tests.includes(`tests/unit/${file.replace(/\.ts$/, '.test.ts')}`));
    expect(untested).toEqual([]);
  });
});
