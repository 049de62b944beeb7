import type { AslState } from '../asl.ts';
import type { Rule } from './lint-rule.ts';

/** What the local context object holds, as leaves: `$$.State` as a whole would change under the state data's feet. */
const CONTEXT_PATH =
  /^\$\$\.(Execution\.(Id|Name|StartTime|RoleArn|Input(\.\w+)*)|StateMachine\.(Id|Name)|State\.(Name|EnteredTime|RetryCount))$/;

const RESULT_PATH = /^\$(\.\w+)+$/;

/** What lambda:invoke answers, there and here alike; AWS's headers are not imitated. */
const LAMBDA_RESULT_PATH = /^(\$\.(Payload|StatusCode|ExecutedVersion)\b|\$\$\.|States\.)/;

const PATH_FIELDS = ['InputPath', 'OutputPath', 'ItemsPath'];
const TEMPLATE_FIELDS = ['Parameters', 'ResultSelector', 'ItemSelector'];
const INNER_MACHINES = ['Branches', 'ItemProcessor', 'Iterator'];

interface Text {
  readonly key: string;
  readonly value: string;
}

/** Every text in a value, with the key it stands under. */
function* textsIn(value: unknown, key: string): Generator<Text> {
  if (typeof value === 'string') yield { key, value };
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item, key);
  else if (typeof value === 'object' && value !== null) {
    for (const [innerKey, inner] of Object.entries(value)) yield* textsIn(inner, innerKey);
  }
}

function contextPathsOf(state: AslState): { field: string; path: string }[] {
  return Object.entries(state)
    .filter(([field]) => field !== 'Comment' && !INNER_MACHINES.includes(field))
    .flatMap(([field, value]) => [...textsIn(value, field)].map(({ value: text }) => ({ field, text })))
    .flatMap(({ field, text }) => [...text.matchAll(/\$\$[\w.[\]'"*?@]*/g)].map(([path]) => ({ field, path })));
}

/** `$$` paths that the local context object lacks, or knows only in some states. */
export const checkContextPaths: Rule = ({ state, nested }) =>
  contextPathsOf(state).flatMap(({ field, path }) => {
    const ofItem = /^\$\$\.Map\.Item\.(Index|Value(\.\w+)*)$/.test(path);
    if (ofItem && state.Type === 'Map' && (field === 'ItemSelector' || field === 'Parameters')) return [];
    if (!CONTEXT_PATH.test(path)) return [`${field} reads ${path}, which the local context object lacks`];
    if (nested && path.startsWith('$$.State.'))
      return [`${field} reads ${path} inside a Map or Parallel: not kept there`];
    if (path === '$$.State.RetryCount' && state.Type !== 'Task') return [`${field} reads ${path} outside a Task`];
    return [];
  });

/** ResultPath, of the state and of its catchers: the interpreter takes only `null` and `$.name.name`. */
export const checkResultPaths: Rule = ({ state }) =>
  [state, ...(state.Catch ?? [])].flatMap(({ ResultPath: path }) =>
    path === undefined || path === null || RESULT_PATH.test(String(path))
      ? []
      : [`ResultPath ${JSON.stringify(path)} is not of the form $.name; leave it out to replace the whole`],
  );

function checkTemplate(field: string, template: unknown): string[] {
  return [...textsIn(template, field)].flatMap(({ key, value }) => {
    if (!key.endsWith('.$')) {
      const meant = /^\$(\$?\.|$)/.test(value) || /^States\.\w+\(/.test(value);
      return meant ? [`${field}: ${key} is handed on as the text ${value}; a path needs the key ${key}.$`] : [];
    }
    if (/^\$[A-Za-z_]/.test(value))
      return [`${field}: ${key} reads the variable ${value}; variables are not supported`];
    return /^(\$|States\.\w+\()/.test(value) ? [] : [`${field}: ${key} is neither a path nor an intrinsic: ${value}`];
  });
}

/** InputPath and its kin, and the payload templates, where a mistake can be seen without running. */
export const checkDataFlow: Rule = ({ state }) => [
  ...PATH_FIELDS.flatMap((field) => {
    const path = state[field];
    if (path === undefined || path === null) return [];
    return /^\$($|[.[]|\$\.)/.test(String(path)) ? [] : [`${field} ${JSON.stringify(path)} is no JSONPath`];
  }),
  ...TEMPLATE_FIELDS.flatMap((field) => checkTemplate(field, state[field])),
  ...(state.Type === 'Task' ? checkLambdaSelector(state.ResultSelector) : []),
];

function checkLambdaSelector(selector: unknown): string[] {
  return [...textsIn(selector, 'ResultSelector')].flatMap(({ key, value }) =>
    key.endsWith('.$') && !LAMBDA_RESULT_PATH.test(value)
      ? [
          `ResultSelector: ${key} reads ${value}, which lambda:invoke does not answer; its result stands under $.Payload`,
        ]
      : [],
  );
}
