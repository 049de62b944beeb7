import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BRANCHES } from './branches.ts';
import { openWorkflow, type Ran, shipped } from './shipped-workflow.ts';
import { STATE_DATA_BYTES } from './state-data.ts';
import { taken, transitionsOf } from './transitions.ts';

const ran = new Map<string, Ran>();
let close: () => Promise<void>;

beforeAll(async () => {
  const workflow = await openWorkflow();
  close = workflow.close;
  for (const { name, answers } of BRANCHES) ran.set(name, await workflow.run(name, answers));
});
afterAll(() => close());

function resultOf(name: string): Ran {
  const result = ran.get(name);
  if (result === undefined) throw new Error(`${name} did not run`);
  return result;
}

describe('each branch of the workflow', () => {
  it.each(BRANCHES)('$name', ({ name, path, ends }) => {
    const result = resultOf(name);
    expect(result.path).toEqual(path);
    if ('outcome' in ends) {
      expect(result).toMatchObject({ status: 'SUCCEEDED', output: ends, error: null });
    } else {
      expect(result).toMatchObject({ status: 'FAILED', output: null, error: ends.error });
      if (ends.code !== undefined) expect(codeIn(result.cause)).toBe(ends.code);
    }
  });

  it.each(BRANCHES)('$name: all state data under 1 KB', ({ name }) => {
    const sizes = resultOf(name).data.map(({ state, text }) => ({ state, bytes: Buffer.byteLength(text) }));
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.filter(({ bytes }) => bytes >= STATE_DATA_BYTES)).toEqual([]);
  });
});

/** The Cause is Lambda's JSON where a function failed, the code itself where DiscardDraft wrote it. */
function codeIn(cause: string | null): unknown {
  return cause?.startsWith('{') ? JSON.parse(cause).errorMessage : cause;
}

describe('all branches together', () => {
  const all = transitionsOf(shipped.States);

  it('no state has two ways to the same next state, so that a path tells which one was taken', () => {
    expect(all.filter((transition, index) => all.indexOf(transition) !== index)).toEqual([]);
  });

  it('every transition of the shipped state machine is taken by a scenario', () => {
    const seen = new Set([...ran.values()].flatMap((result) => taken(result, shipped.States)));
    expect(all.filter((transition) => !seen.has(transition))).toEqual([]);
  });

  it('every state is entered', () => {
    const entered = new Set([...ran.values()].flatMap(({ path }) => path));
    expect([...entered].sort()).toEqual(Object.keys(shipped.States).sort());
  });
});
