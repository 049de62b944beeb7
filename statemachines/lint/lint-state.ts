import { handlerOf, nestedMachines } from '../asl.ts';
import { MAX_WAIT_SECONDS, type Rule } from './lint-rule.ts';

const SUPPORTED_TYPES = ['Task', 'Choice', 'Pass', 'Wait', 'Succeed', 'Fail', 'Map', 'Parallel'];
const SUPPORTED_RESOURCES = ['arn:aws:states:::lambda:invoke'];

/** Fields that the local interpreter ignores, with what is lost. */
const IGNORED_FIELDS: Readonly<Record<string, string>> = {
  Assign: 'variables',
  Variables: 'variables',
  Arguments: 'JSONata',
  Output: 'JSONata',
  Items: 'JSONata',
  HeartbeatSeconds: 'heartbeats',
  HeartbeatSecondsPath: 'heartbeats',
  ToleratedFailureCount: 'tolerated failures',
  ToleratedFailureCountPath: 'tolerated failures',
  ToleratedFailurePercentage: 'tolerated failures',
  ToleratedFailurePercentagePath: 'tolerated failures',
  ItemReader: 'distributed maps',
  ItemBatcher: 'distributed maps',
  ResultWriter: 'distributed maps',
  Credentials: 'other roles',
};

/** Fields with a duration that cannot be judged here, or that runs by another clock than the practice's. */
const UNSEEN_TIMES = ['TimeoutSecondsPath', 'SecondsPath', 'Timestamp', 'TimestampPath'];

export const tokenOf = (state: string): string => `$\{${state}FunctionArn}`;

/** What the interpreter does not do at all. */
const checkSupport: Rule = ({ state }) => {
  const { Type = 'none', QueryLanguage: language } = state;
  const mode = nestedMachines(state).map((machine) => Object(machine.ProcessorConfig).Mode);
  return [
    ...(SUPPORTED_TYPES.includes(Type) ? [] : [`Type ${Type} is not supported`]),
    ...(language === undefined || language === 'JSONPath' ? [] : [`QueryLanguage ${language} is ignored locally`]),
    ...Object.entries(IGNORED_FIELDS).flatMap(([field, lost]) =>
      field in state ? [`${field} is ignored locally: no ${lost}`] : [],
    ),
    ...(mode.includes('DISTRIBUTED') ? ['a DISTRIBUTED map is not supported'] : []),
  ];
};

const checkComment: Rule = ({ state }) =>
  typeof state.Comment === 'string' && state.Comment.trim() !== '' ? [] : ['has no Comment'];

const checkTask: Rule = ({ name, state }, { handlers, tokens = [] }) => {
  if (state.Type !== 'Task') return [];
  const FunctionName: unknown = Object(state.Parameters).FunctionName;
  const known = FunctionName === tokenOf(name) || tokens.some((token) => FunctionName === `$\{${token}}`);
  const resource = SUPPORTED_RESOURCES.includes(state.Resource ?? '');
  return [
    ...(resource ? [] : [`Resource ${state.Resource} is not one of ${SUPPORTED_RESOURCES.join(', ')}`]),
    ...(state.TimeoutSeconds === undefined ? ['has no TimeoutSeconds: 60 s locally, for ever on AWS'] : []),
    ...(known ? [] : [`FunctionName must be ${tokenOf(name)}, not ${FunctionName}`]),
    ...(handlers.includes(handlerOf(name)) ? [] : [`has no handler functions/steps/${handlerOf(name)}.ts`]),
  ];
};

const checkTimes: Rule = ({ state }) => [
  ...['Seconds', 'TimeoutSeconds'].flatMap((field) =>
    Number(state[field] ?? 0) > MAX_WAIT_SECONDS
      ? [`${field} is longer than 24.8 days, which ends at once locally`]
      : [],
  ),
  ...UNSEEN_TIMES.filter((field) => field in state).map(
    (field) => `${field}: its length cannot be checked here, and locally it runs by the real clock`,
  ),
];

/** Tests such as `IsPresent: false`: the interpreter answers false to each of them, whatever the value. */
function negatedTests(rule: unknown): string[] {
  if (typeof rule !== 'object' || rule === null) return [];
  return Object.entries(rule).flatMap(([key, value]) =>
    /^Is[A-Z]/.test(key) && value === false ? [key] : negatedTests(value),
  );
}

const checkChoice: Rule = ({ state }) => {
  if (state.Type !== 'Choice') return [];
  return [
    ...('Default' in state ? ['has a Default: name every verdict, so that an unknown one fails loudly'] : []),
    ...negatedTests(state.Choices).map((test) => `${test}: false never matches locally; put ${test}: true into a Not`),
  ];
};

const checkPass: Rule = ({ state }) =>
  state.Type === 'Pass' && 'Result' in state && !state.Result
    ? [`Result ${JSON.stringify(state.Result)} is ignored locally; use Parameters`]
    : [];

const checkFail: Rule = ({ state }) => {
  if (state.Type !== 'Fail') return [];
  return [
    ...('Error' in state || 'ErrorPath' in state ? [] : ['has neither Error nor ErrorPath; locally one is made up']),
    ...('Cause' in state || 'CausePath' in state ? [] : ['has neither Cause nor CausePath; locally one is made up']),
    ...['ErrorPath', 'CausePath'].flatMap((field) =>
      field in state && !String(state[field]).startsWith('$')
        ? [`${field} is no path; an intrinsic is an error that cannot be caught locally`]
        : [],
    ),
  ];
};

/** What can be said of one state by itself, its data flow and error handling apart. */
export const STATE_RULES: readonly Rule[] = [
  checkSupport,
  checkComment,
  checkTask,
  checkTimes,
  checkChoice,
  checkPass,
  checkFail,
];
