import { describe, expect, it } from 'vitest';
import { type Flow, flowOf } from '../../../console/graph/flow.ts';
import { linesOf, type PlacedState, planOf } from '../../../console/graph/layout.ts';
import { type Trace, traceOf } from '../../../console/graph/trace.ts';
import type { HistoryEventView } from '../../../functions/admin/contract/executions.ts';
import type { AslDefinition } from '../../../statemachines/asl.ts';
import { readStateMachine, stateMachineNames } from '../../../statemachines/read-asl.ts';

const MACHINES = stateMachineNames();

const shipped = (name: string) => readStateMachine(name);

/** Every pair that the text itself names, found without the code under test. */
function pairsIn({ States = {} }: AslDefinition): string[] {
  return Object.entries(States).flatMap(([from, state]) => {
    const targets = [...JSON.stringify(state).matchAll(/"(?:Next|Default)":"([^"]+)"/g)].map(([, to]) => to);
    return targets.map((to) => `${from} → ${to}`);
  });
}

const pairsOf = ({ ways }: Flow) => [...new Set(ways.map(({ from, to }) => `${from} → ${to}`))].sort();

describe.each(MACHINES)('%s is drawn as its file says', (name) => {
  const definition = shipped(name);
  const flow = flowOf(definition);

  it('with every state and its comment', () => {
    const states = Object.entries(definition.States ?? {});
    expect(flow.states.map(({ name: state, type, comment }) => [state, type, comment])).toEqual(
      states.map(([state, { Type, Comment }]) => [state, Type, Comment]),
    );
    expect(flow.states.filter(({ isStart }) => isStart).map((state) => state.name)).toEqual([definition.StartAt]);
  });

  it('with every way, and no other', () => {
    expect(pairsOf(flow)).toEqual([...new Set(pairsIn(definition))].sort());
  });

  it('with no state on top of another', () => {
    const { states, width, height } = planOf(flow);
    for (const [index, state] of states.entries()) {
      expect(state.x - state.width / 2).toBeGreaterThanOrEqual(0);
      expect(state.x + state.width / 2).toBeLessThanOrEqual(width);
      expect(state.y + state.height / 2).toBeLessThanOrEqual(height);
      for (const other of states.slice(index + 1))
        expect([state.name, other.name, overlap(state, other)]).toContain(false);
    }
  });
});

function overlap(a: PlacedState, b: PlacedState): boolean {
  return Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;
}

describe('another state machine is drawn, too', () => {
  it('a state more, a way less: the picture follows the file', () => {
    const definition = structuredClone(shipped('regenerate-pin')) as {
      States: Record<string, Record<string, unknown>>;
    };
    const { States } = definition;
    States.CallPatient = { Type: 'Task', Comment: 'Staff call.', Next: 'NotNeeded' };
    Object.assign(States.RequestEmail ?? {}, { Next: 'CallPatient', End: undefined });
    delete States.LeaseLost;
    const flow = flowOf(definition as AslDefinition);
    expect(pairsOf(flow)).toEqual(expect.arrayContaining(['RequestEmail → CallPatient', 'CallPatient → NotNeeded']));
    expect(pairsOf(flow).filter((pair) => pair.includes('LeaseLost'))).toEqual([]);
    expect(planOf(flow).states.map(({ name }) => name)).toContain('CallPatient');
  });

  it('with Map, Parallel and every kind of condition', () => {
    const flow = flowOf({
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemProcessor: { StartAt: 'One', States: { One: { Type: 'Pass', End: true } } },
          Next: 'Both',
        },
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Left', States: { Left: { Type: 'Pass', End: true } } },
            { StartAt: 'Right', States: { Right: { Type: 'Pass', End: true } } },
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Broken' }],
          Next: 'Which',
        },
        Which: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.n', NumericGreaterThanEquals: 3, Next: 'Done' },
            {
              And: [
                { Variable: '$.a', BooleanEquals: true },
                { Variable: '$.b', IsPresent: false },
              ],
              Next: 'Broken',
            },
          ],
          Default: 'Each',
        },
        Done: { Type: 'Succeed' },
        Broken: { Type: 'Fail' },
      },
    });
    expect(flow.states.map(({ name, within }) => [name, within])).toEqual([
      ['Each', null],
      ['One', 'Each'],
      ['Both', null],
      ['Left', 'Both'],
      ['Right', 'Both'],
      ['Which', null],
      ['Done', null],
      ['Broken', null],
    ]);
    expect(flow.ways.map(({ from, to, kind, label }) => `${from} ${kind} ${to} ${label}`.trim())).toEqual(
      expect.arrayContaining([
        'Each EACH One for each',
        'Both EACH Left for each',
        'Both CATCH Broken any error',
        'Which CHOICE Done ≥ 3',
        'Which CHOICE Broken true and not IsPresent',
        'Which CHOICE Each otherwise',
      ]),
    );
    expect(planOf(flow).ways).toHaveLength(flow.ways.length);
  });

  it('that is empty or names what is not there', () => {
    expect(planOf(flowOf({})).states).toEqual([]);
    expect(flowOf({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'Gone' } } }).ways).toEqual([]);
  });
});

describe('a name is broken where it can be read', () => {
  it.each([
    ['SignDocument', ['Sign', 'Document']],
    ['SendEnrollmentNotification', ['SendEnrollment', 'Notification']],
    ['IsOver', ['IsOver']],
    ['averylongnamewithoutacapital', ['averylongnamewithoutacapital']],
  ])('%s', (name, lines) => expect(linesOf(name)).toEqual(lines));
});

describe('the way an execution took', () => {
  const flow = flowOf(shipped('regenerate-pin'));
  const taken = ({ taken: ways }: Trace) => [...ways].map(({ from, to, kind }) => `${from} ${kind} ${to}`);

  it('is that of success, with what was tried again', () => {
    const trace = traceOf(
      flow,
      history([
        ['VerifyEmail', ['EhrUnavailableError', null]],
        ['CheckExpiry', [null]],
        ['WhatIsDue', []],
        ['NotNeeded', []],
      ]),
      false,
    );
    expect(taken(trace)).toEqual([
      'VerifyEmail NEXT CheckExpiry',
      'CheckExpiry NEXT WhatIsDue',
      'WhatIsDue CHOICE NotNeeded',
    ]);
    expect(trace.states.get('VerifyEmail')).toMatchObject({ mark: 'SUCCEEDED', retries: 1 });
    expect(trace.states.get('SignDocument')).toMatchObject({ mark: 'UNTOUCHED', visits: [] });
    expect(trace.visits[0]).toMatchObject({ input: { state: 'VerifyEmail' }, output: { left: 'VerifyEmail' } });
  });

  it('is that of the error where one was caught', () => {
    const trace = traceOf(
      flow,
      history([
        ['SignDocument', ['EhrRejectedError']],
        ['DiscardDraft', [null]],
        ['WhatRemains', []],
        ['RegenerationFailed', 'stays'],
      ]),
      false,
    );
    expect(taken(trace)).toEqual([
      'SignDocument CATCH DiscardDraft',
      'DiscardDraft NEXT WhatRemains',
      'WhatRemains CHOICE RegenerationFailed',
    ]);
    expect(trace.states.get('SignDocument')?.mark).toBe('FAILED');
    expect(trace.states.get('RegenerationFailed')?.mark).toBe('FAILED');
  });

  it('ends where it is while it runs, and where it was stopped', () => {
    const events = history([['VerifyEmail', 'stays']]);
    expect(traceOf(flow, events, true).states.get('VerifyEmail')?.mark).toBe('RUNNING');
    expect(traceOf(flow, events, false).states.get('VerifyEmail')?.mark).toBe('FAILED');
    const aborted = [...events, event(99, 'ExecutionAborted', null)];
    expect(traceOf(flow, aborted, false).states.get('VerifyEmail')?.mark).toBe('STOPPED');
  });

  it('counts each time that a loop comes by', () => {
    const sweep = flowOf(shipped('sweep-expiring-pins'));
    const trace = traceOf(
      sweep,
      history([
        ['SweepMinute', [null]],
        ['IsOver', []],
        ['SweepMinute', [null]],
        ['IsOver', []],
      ]),
      true,
    );
    expect(trace.states.get('SweepMinute')?.visits).toHaveLength(2);
    expect(taken(trace)).toEqual(['SweepMinute NEXT IsOver', 'IsOver CHOICE SweepMinute']);
  });
});

function event(id: number, type: string, state: string | null, more: Partial<HistoryEventView> = {}): HistoryEventView {
  const at = new Date(Date.UTC(2026, 5, 15, 12, 0, id)).toISOString();
  return { id, at, type, state, attempt: null, input: null, output: null, error: null, cause: null, ...more };
}

/** Each state entered, the errors of its attempts (null: it went well), and left; `stays`: entered and not left. */
function history(
  visits: readonly (readonly [state: string, attempts: readonly (string | null)[] | 'stays'])[],
): HistoryEventView[] {
  const events: HistoryEventView[] = [event(1, 'ExecutionStarted', null)];
  const add = (type: string, state: string, more: Partial<HistoryEventView> = {}) =>
    void events.push(event(events.length + 1, type, state, more));
  for (const [state, attempts] of visits) {
    add('TaskStateEntered', state, { input: { state } });
    if (attempts === 'stays') continue;
    attempts.forEach((error, index) => {
      add('TaskScheduled', state, { attempt: index + 1 });
      add('TaskStarted', state, { attempt: index + 1 });
      add(error === null ? 'TaskSucceeded' : 'TaskFailed', state, { attempt: index + 1, error });
    });
    add('TaskStateExited', state, { output: { left: state } });
  }
  return events;
}
