import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import validate from 'asl-validator';
import { ERROR_NAMES } from '../../functions/domain/errors.ts';
import { STEP_ERRORS } from '../../functions/domain/step-errors.ts';
import { type AslDefinition, eachState, handlerOf } from '../asl.ts';
import { readStateMachine, stateMachineNames } from '../read-asl.ts';
import { checkErrorHandling } from './lint-errors.ts';
import { checkGraph, type Finding } from './lint-graph.ts';
import { checkContextPaths, checkDataFlow, checkResultPaths } from './lint-paths.ts';
import { type LintOptions, MAX_WAIT_SECONDS } from './lint-rule.ts';
import { STATE_RULES, tokenOf } from './lint-state.ts';

const RULES = [...STATE_RULES, checkErrorHandling, checkContextPaths, checkResultPaths, checkDataFlow];

function checkMachine(definition: AslDefinition): string[] {
  const { Comment, QueryLanguage: language, TimeoutSeconds = 0 } = definition;
  return [
    ...(typeof Comment === 'string' && Comment.trim() !== '' ? [] : ['has no Comment']),
    ...(language === undefined || language === 'JSONPath' ? [] : [`QueryLanguage ${language} is ignored locally`]),
    ...(TimeoutSeconds > MAX_WAIT_SECONDS ? ['TimeoutSeconds is longer than 24.8 days'] : []),
  ];
}

/** Tokens that nothing will be put for, wherever they stand. */
function checkTokens(definition: AslDefinition, { tokens = [] }: LintOptions): string[] {
  const tasks = [...eachState(definition)]
    .filter(({ state }) => state.Type === 'Task')
    .map(({ name }) => tokenOf(name));
  const known = [...tasks, ...tokens.map((token) => `$\{${token}}`)];
  const found = new Set(JSON.stringify(definition).match(/\$\{[^}]*\}/g) ?? []);
  return [...found].filter((token) => !known.includes(token)).map((token) => `nothing is put for the token ${token}`);
}

function checkStructure(definition: AslDefinition): Finding[] {
  const substituted = JSON.stringify(definition).replace(
    /\$\{[^}]*\}/g,
    'arn:aws:lambda:us-east-1:123456789012:function:x',
  );
  const { errors } = validate(JSON.parse(substituted) as object);
  return errors.map(({ Message: message, schemaError }) => {
    const state = /^\/States\/([^/]+)/.exec(schemaError?.instancePath ?? '')?.[1] ?? null;
    return { state, message: `asl-validator: ${message}` };
  });
}

/** The house's own rules, without asl-validator's: a hundred times faster. */
export function lintRules(definition: AslDefinition, options: LintOptions): Finding[] {
  const ofMachine = [...checkMachine(definition), ...checkTokens(definition, options)];
  const ofStates = [...eachState(definition)].flatMap((found) =>
    RULES.flatMap((rule) => rule(found, options)).map((message) => ({ state: found.name, message })),
  );
  return [...ofMachine.map((message) => ({ state: null, message })), ...ofStates, ...checkGraph(definition)];
}

/**
 * Refuses what the local interpreter would run otherwise than AWS, what the house does not allow and what asl-validator
 * finds, by state name.
 * @returns none if the definition may be deployed
 */
export function lintStateMachine(definition: AslDefinition, options: LintOptions): Finding[] {
  return [...lintRules(definition, options), ...checkStructure(definition)];
}

/** The handlers that no Task state of any machine is named after. */
export function unusedHandlers(definitions: readonly AslDefinition[], handlers: readonly string[]): string[] {
  const tasks = definitions
    .flatMap((definition) => [...eachState(definition)])
    .filter(({ state }) => state.Type === 'Task');
  const used = new Set(tasks.map(({ name }) => handlerOf(name)));
  return handlers.filter((handler) => !used.has(handler));
}

/** Lints every machine of this folder against functions/steps; prints what it finds. Whether nothing was found. */
function lintAll(): boolean {
  const steps = new URL('../../functions/steps/', import.meta.url);
  // a step's file exports its handler; the folder also holds what the steps share
  const handlers = readdirSync(steps)
    .filter((file) => /^export const handler\b/m.test(readFileSync(new URL(file, steps), 'utf8')))
    .map((file) => basename(file, '.ts'));
  const names = stateMachineNames();
  const machines = names.map((name) => readStateMachine(name));
  const findings = machines.flatMap((definition, index) =>
    lintStateMachine(definition, { handlers, errorNames: ERROR_NAMES, stepErrors: STEP_ERRORS }).map(
      ({ state, message }) => `${names[index]}.asl.yaml: ${state ?? '(machine)'}: ${message}`,
    ),
  );
  const unused = unusedHandlers(machines, handlers).map(
    (handler) => `functions/steps/${handler}.ts: no Task has its name`,
  );
  const none = names.length === 0 ? ['statemachines: no *.asl.yaml found'] : [];
  for (const line of [...none, ...findings, ...unused]) console.error(line);
  return none.length + findings.length + unused.length === 0;
}

if (import.meta.main && !lintAll()) process.exitCode = 1;
