/** The wrong answers of an EHR, or of what stands between: each once at one call, or all day from it on. */
import type { Failure, StruckCall } from './failures.ts';
import type { OutsideCall } from './outside-call.ts';

type Answer = Pick<StruckCall, 'answer' | 'answerHalf'>;

const FHIR = { 'content-type': 'application/fhir+json' };
const outcome = (code: string) =>
  JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });

/** Besides no answer at all, which is among the failures of every call. A Retry-After of 60 s is the state machine's. */
const ANSWERS: Record<string, (to: Answer) => void> = {
  '500': (to) => to.answer(500, FHIR, outcome('exception')),
  '503 by a proxy': (to) => to.answer(503, { 'content-type': 'text/html' }, '<h1>Service Unavailable</h1>'),
  '429 with Retry-After 60': (to) => to.answer(429, { ...FHIR, 'retry-after': '60' }, outcome('throttled')),
  '412': (to) => to.answer(412, FHIR, outcome('conflict')),
  '401': (to) => to.answer(401, FHIR, outcome('login')),
  '403': (to) => to.answer(403, FHIR, outcome('forbidden')),
  'a redirect': (to) => to.answer(302, { location: 'http://127.0.0.1:9/sign-in' }, ''),
  'a sign-in page': (to) => to.answer(200, { 'content-type': 'text/html' }, '<!doctype html><title>Sign in</title>'),
  'no JSON': (to) => to.answer(200, FHIR, '{"resourceType":"Bun\u0000\ufffd'),
  'another JSON': (to) => to.answer(200, FHIR, '{"status":"ok"}'),
  'half of a body': (to) => to.answerHalf(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [] })),
};

const isAsked = ({ service }: OutsideCall) => service === '/fhir';

/** An empty answer to a write says that it was done (FHIR R4 http.html#ops, Prefer return=minimal); to a read it is none. */
const NOTHING: Failure = {
  name: 'an empty body instead',
  strike: async (to) => to.answer(200, FHIR, ''),
  appliesTo: ({ label }) => /^EHR (GET|batch)/.test(label),
};

export const WRONG_ANSWERS: readonly Failure[] = [
  NOTHING,
  ...Object.entries(ANSWERS).flatMap(([name, answer]): Failure[] => [
    { name: `${name} instead`, strike: async (to) => answer(to), appliesTo: isAsked },
    {
      name: `${name} although it took effect`,
      strike: async (to) => {
        await to.perform();
        answer(to);
      },
      appliesTo: isAsked,
    },
    {
      name: `${name} to everything until the next day`,
      strike: async (to) => answer(to),
      lasts: (first, later) => first.service === later.service,
      appliesTo: isAsked,
    },
  ]),
];
