/** The architecture as a table, and the checker that holds it: a pure function on a path and its source text. */
import { posix } from 'node:path';
import { type Expression, type ParseResult, parseSync, Visitor } from 'oxc-parser';

interface Layer {
  /** A folder, or one file of it; the longest match counts. */
  path: string;
  /** Of our own code, beside itself. */
  imports: string[];
  /** Types alone of these. */
  types?: string[];
  /** Packages and Node modules, as prefixes; null: any. */
  packages: string[] | null;
}

const DOMAIN = 'functions/domain';
const PORTS = 'functions/ports';
const USECASES = 'functions/usecases';
const ADAPTERS = 'functions/adapters';
const RUNTIME = 'functions/runtime';
const NOTIFICATION = 'functions/notification';
const POLICY = 'functions/runtime/policy.ts';
const ENTRANCE = { imports: [DOMAIN, PORTS, USECASES, NOTIFICATION, RUNTIME], packages: ['zod/mini', 'aws-lambda'] };

/** Allowed imports: domain ← ports ← usecases, adapters ← runtime ← steps, triggers, pickup, admin ← local. */
const LAYERS: Layer[] = [
  { path: DOMAIN, imports: [], packages: ['zod/mini', 'node:crypto'] },
  { path: PORTS, imports: [DOMAIN], packages: [] },
  { path: USECASES, imports: [DOMAIN, PORTS], packages: [] },
  { path: NOTIFICATION, imports: [DOMAIN, PORTS], types: [POLICY], packages: ['mustache'] },
  {
    path: ADAPTERS,
    imports: [DOMAIN, PORTS],
    packages: [
      '@aws-sdk/',
      'fhir/r4',
      'jose/',
      'node:crypto',
      // The connections of the SES client.
      'node:http',
      'node:https',
      'node:timers/promises',
      'standardwebhooks',
      'zod/mini',
    ],
  },
  {
    path: RUNTIME,
    imports: [DOMAIN, PORTS, ADAPTERS],
    packages: [
      '@aws-sdk/',
      '@aws-lambda-powertools/',
      '@middy/core',
      'aws-lambda',
      'node:crypto',
      'node:fs',
      'node:timers/promises',
      'zod/mini',
    ],
  },
  // What a step needs of an adapter it gets from the container, so that a bundle carries only what its step uses.
  { path: 'functions/steps', ...ENTRANCE },
  { path: 'functions/triggers', ...ENTRANCE },
  // The page is HTML, and its policy names the digests of its style and script.
  { path: 'functions/pickup', ...ENTRANCE, packages: [...ENTRANCE.packages, 'mustache', 'node:crypto'] },
  { path: 'functions/admin', ...ENTRANCE },
  { path: 'statemachines', imports: ['functions/domain/errors.ts', 'functions/domain/step-errors.ts'], packages: null },
  // Names of variables, states and the table's attributes, and the policy's schema, so that a wrong policy stops the
  // synth and not a function; never the code that runs in one.
  {
    path: 'infra',
    imports: [
      'functions/runtime/config.ts',
      'functions/runtime/metric-names.ts',
      POLICY,
      'functions/adapters/dynamodb/table.ts',
      'functions/domain/errors.ts',
      'functions/domain/email/email-event.ts',
      'statemachines',
    ],
    // What metrics are told apart by.
    types: ['functions/domain/email/email-event.ts'],
    packages: null,
  },
  // What both sides of the API agree on, and the pure rules behind its codes. What this machine alone serves is known by type.
  {
    path: 'console',
    imports: ['functions/admin/contract.ts', 'functions/admin/contract', DOMAIN, 'statemachines/asl.ts'],
    types: ['local/console/local-api-contract.ts'],
    packages: null,
  },
  { path: 'local', imports: ['functions', 'statemachines'], packages: null },
  { path: 'cli', imports: ['functions'], packages: null },
  // What writes the generated documents.
  { path: 'docs', imports: ['functions', 'local', 'tests/support/harness'], packages: null },
  // A page is measured in the browser, and before the API, in which the tests look at it.
  { path: 'bench', imports: ['functions', 'statemachines', 'local', 'infra', 'tests/support/harness'], packages: null },
];

/** Of node:crypto the domain may hash; it may not draw: chance is injected. */
const DOMAIN_CRYPTO = ['createHash'];

/** Where the machine's clock may be read, and why. Everywhere else time is the Clock port's. */
export const CLOCKS: Record<string, string> = {
  'functions/runtime/clock.ts': 'the one source of the practice’s time',
  'local/settings/clock.ts': 'the virtual clock is the machine’s plus an offset',
};

/** Where the environment may be read, and why. Everywhere else a setting comes by its name from runtime/config.ts. */
export const ENVIRONMENTS: Record<string, string> = {
  'functions/runtime/config.ts': 'checks every variable once',
  'local/settings/environment.ts': 'sets what AWS would set',
  'cli/connection.ts': 'sets what the functions read, from endpoints.json or the outputs of the stack',
  'bench/regeneration.ts': 'how many patients to measure with',
  'bench/executions.ts': 'how many executions to keep',
  'bench/sweep.ts': 'how many due PINs to sweep',
  'bench/pickup-timing.ts': 'how many tries to measure with',
};

/** What pure rules may not reach for, as it is written: I/O, chance and time are injected. */
const IMPURE = [
  'fetch',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'crypto',
  'console',
  'process',
];

interface Import {
  from: string;
  names: string[];
  typeOnly: boolean;
}

/** The case aggregate and its transitions: every change of a case is a named function of this folder. */
const CASE_FOLDER = 'functions/domain/case';
const CASE_TYPE = 'Account';
/** How the functions that return a case are named. */
const TRANSITION = /^(with|without|new)[A-Z]/;
/** What the records answer with. */
const CASE_CALLS = /\bcases\.(read|save)$/;

/** What breaks the table in one source file; empty when nothing does. */
export function violationsIn(file: string, source: string): string[] {
  const parsed = parseSync(file, source);
  if (parsed.errors.length > 0) return [`cannot be parsed: ${parsed.errors[0]?.message}`];
  const layer = layerOf(file);
  if (layer === null) return ['belongs to no layer of the table'];
  const { imports, expressions } = read(parsed, source);
  return [
    ...imports.flatMap((each) => importViolations(file, layer, each)),
    ...expressions.flatMap((each) => expressionViolations(file, layer, each)),
    ...(isWithin(file, 'functions') && !isWithin(file, CASE_FOLDER) ? caseViolations(file, parsed, source) : []),
  ];
}

/**
 * Where a case is changed outside its folder: an object that spreads one, or a `Partial` of its type. A value is a case by
 * its name, its annotation, the call of the records that it comes from, or the function of the folder that returns it.
 */
function caseViolations(file: string, { module, program }: ParseResult, source: string): string[] {
  const cases = new Set(['account']);
  const transitions = new Set(
    module.staticImports.flatMap(({ moduleRequest, entries }) => {
      const isOfCases = isWithin(posix.join(posix.dirname(file), moduleRequest.value), CASE_FOLDER);
      const named = entries.filter(({ importName }) => TRANSITION.test(importName.name ?? ''));
      return isOfCases ? named.map(({ localName }) => localName.value) : [];
    }),
  );
  const textOf = ({ start, end }: { start: number; end: number }) => source.slice(start, end);
  const isCase = (value: Expression): boolean => {
    switch (value.type) {
      case 'AwaitExpression':
        return isCase(value.argument);
      case 'ParenthesizedExpression':
      case 'TSNonNullExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
        return isCase(value.expression);
      case 'LogicalExpression':
        return isCase(value.left) || isCase(value.right);
      case 'ConditionalExpression':
        return isCase(value.consequent) || isCase(value.alternate);
      case 'CallExpression':
        return CASE_CALLS.test(textOf(value.callee)) || transitions.has(textOf(value.callee));
      case 'MemberExpression':
        return value.property.type === 'Identifier' && cases.has(value.property.name);
      case 'Identifier':
        return cases.has(value.name);
      default:
        return false;
    }
  };
  const note = (name: string, annotation: { start: number; end: number } | null | undefined) => {
    if (annotation && new RegExp(`^:\\s*${CASE_TYPE}\\b(?!\\s*\\[)`).test(textOf(annotation))) cases.add(name);
  };
  // Names first, since a function may stand before what it is given.
  new Visitor({
    Identifier(node) {
      if ('typeAnnotation' in node) note(node.name, node.typeAnnotation);
    },
    VariableDeclarator({ id, init }) {
      if (id.type === 'Identifier' && init !== null && isCase(init)) cases.add(id.name);
    },
    AssignmentExpression({ left, right }) {
      if (left.type === 'Identifier' && isCase(right)) cases.add(left.name);
    },
  }).visit(program);
  const found: string[] = [];
  new Visitor({
    ObjectExpression({ properties }) {
      for (const each of properties) {
        if (each.type === 'SpreadElement' && isCase(each.argument)) found.push('spreads a case');
      }
    },
    TSTypeReference(node) {
      if (new RegExp(`^Partial<\\s*${CASE_TYPE}\\b`).test(textOf(node))) found.push('changes a part of a case');
    },
  }).visit(program);
  return found;
}

/**
 * Import cycles among the files, each as `a → b → a`; empty when there is none. Type-only and dynamic imports count: a
 * reader cannot read either file of a cycle first. Of several cycles through one file, one may stand for the others.
 */
export function cyclesIn(sources: ReadonlyMap<string, string>): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const source = sources.get(file);
    if (source === undefined || finished.has(file)) return;
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    path.push(file);
    for (const { from } of read(parseSync(file, source), source).imports) {
      if (from.startsWith('.')) visit(posix.join(posix.dirname(file), from));
    }
    path.pop();
    finished.add(file);
  };
  for (const file of sources.keys()) visit(file);
  return cycles;
}

function layerOf(path: string): Layer | null {
  const matching = LAYERS.filter((layer) => isWithin(path, layer.path));
  return matching.toSorted((a, b) => b.path.length - a.path.length)[0] ?? null;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function importViolations(file: string, layer: Layer, { from, names, typeOnly }: Import): string[] {
  if (!from.startsWith('.')) {
    if (layer.path === DOMAIN && from === 'node:crypto') {
      return names.filter((name) => !DOMAIN_CRYPTO.includes(name)).map((name) => `imports ${name} of node:crypto`);
    }
    const isAllowed = layer.packages?.some((each) => from === each || (each.endsWith('/') && from.startsWith(each)));
    return isAllowed === false ? [`imports ${from}`] : [];
  }
  const target = posix.join(posix.dirname(file), from);
  if (!/\.(tsx?|json|css)$/.test(target)) return [`imports ${from} without its extension`];
  const isAllowed =
    isWithin(target, layer.path) ||
    layer.imports.some((each) => isWithin(target, each)) ||
    (typeOnly && (layer.types ?? []).includes(target));
  return isAllowed ? [] : [`imports ${target}`];
}

function expressionViolations(file: string, layer: Layer, expression: string): string[] {
  if (expression === 'Date.now' || expression === 'new Date()' || expression === 'Date()') {
    return file in CLOCKS ? [] : [`reads the clock: ${expression}`];
  }
  if (expression === 'process.env') return file in ENVIRONMENTS ? [] : ['reads the environment'];
  if (expression === 'Math.random') return ['draws from Math.random'];
  return layer.path === DOMAIN && IMPURE.includes(expression) ? [`is not pure: ${expression}`] : [];
}

/** Imports of every kind, and the expressions that the rules are about. */
function read(parsed: ParseResult, source: string): { imports: Import[]; expressions: string[] } {
  const imports: Import[] = [];
  const expressions: string[] = [];
  for (const { moduleRequest, entries } of parsed.module.staticImports) {
    const names = entries.map((entry) => entry.importName.name ?? '*');
    imports.push({
      from: moduleRequest.value,
      names,
      typeOnly: entries.length > 0 && entries.every((each) => each.isType),
    });
  }
  for (const { entries } of parsed.module.staticExports) {
    for (const { moduleRequest, isType, importName } of entries) {
      if (moduleRequest !== null)
        imports.push({ from: moduleRequest.value, names: [importName.name ?? '*'], typeOnly: isType });
    }
  }
  new Visitor({
    ImportExpression({ source: from }) {
      const value = from.type === 'Literal' ? String(from.value) : 'an expression';
      imports.push({ from: value, names: ['*'], typeOnly: false });
    },
    TSImportType({ source: from }) {
      imports.push({ from: String(from.value), names: ['*'], typeOnly: true });
    },
    MemberExpression({ object, start, end }) {
      if (object.type === 'Identifier')
        expressions.push(source.slice(start, end).replace(/\?\.|\['?(\w+)'?\]/g, '.$1'));
    },
    NewExpression({ callee, arguments: given }) {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0) expressions.push('new Date()');
    },
    CallExpression({ callee }) {
      if (callee.type === 'Identifier' && callee.name === 'Date') expressions.push('Date()');
    },
    Identifier({ name }) {
      expressions.push(name);
    },
  }).visit(parsed.program);
  return { imports, expressions: [...new Set(expressions)] };
}
