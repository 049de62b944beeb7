import { describe, expect, it } from 'vitest';
import type { BegunRequest, OnceRecords } from '../../../../../functions/ports/case/once-records.ts';
import { doOnce, type OncePorts } from '../../../../../functions/usecases/staff/once.ts';

const REQUEST = { id: 'r', digest: 'd' };

/** Answers to `begin` one after the other; the last one stays. */
function world(...answers: BegunRequest[]) {
  const told: string[] = [];
  const records: OnceRecords = {
    begin: async () => (answers.length > 1 ? answers.shift() : answers[0]) ?? { kind: 'BEGUN' },
    finish: async (_id, _digest, answer) => void told.push(`finish ${JSON.stringify(answer)}`),
    forget: async () => void told.push('forget'),
  };
  const ports: OncePorts = {
    once: records,
    clock: { now: () => 0 },
    wait: async (milliseconds) => void told.push(`wait ${milliseconds}`),
  };
  return { ports, told };
}
const untouched = () => Promise.reject(new Error('it was done'));

describe('what a person sends', () => {
  it('is done, and its answer noted', async () => {
    const { ports, told } = world({ kind: 'BEGUN' });
    expect(await doOnce(ports, REQUEST, async () => 7)).toEqual({ kind: 'ANSWER', answer: 7 });
    expect(told).toEqual(['finish 7']);
  });
  it('was done: gets the answer it had', async () => {
    const { ports, told } = world({ kind: 'DONE', answer: 7 });
    expect(await doOnce(ports, REQUEST, untouched)).toEqual({ kind: 'ANSWER', answer: 7 });
    expect(told).toEqual([]);
  });
  it('is being done: waits for the first one’s answer', async () => {
    const { ports, told } = world({ kind: 'IN_FLIGHT' }, { kind: 'IN_FLIGHT' }, { kind: 'DONE', answer: 7 });
    expect(await doOnce(ports, REQUEST, untouched)).toEqual({ kind: 'ANSWER', answer: 7 });
    expect(told).toEqual(['wait 300', 'wait 300']);
  });
  it('is being done, and the first one fails: is done by the second', async () => {
    const { ports } = world({ kind: 'IN_FLIGHT' }, { kind: 'BEGUN' });
    expect(await doOnce(ports, REQUEST, async () => 8)).toEqual({ kind: 'ANSWER', answer: 8 });
  });
  it('is being done for too long: is told so', async () => {
    const { ports, told } = world({ kind: 'IN_FLIGHT' });
    expect(await doOnce(ports, REQUEST, untouched)).toEqual({ kind: 'IN_FLIGHT' });
    expect(told).toHaveLength(10);
  });
  it('had another request: is told so', async () => {
    const { ports } = world({ kind: 'OTHER' });
    expect(await doOnce(ports, REQUEST, untouched)).toEqual({ kind: 'OTHER' });
  });
  it('fails: is forgotten, so that it can be sent again', async () => {
    const { ports, told } = world({ kind: 'BEGUN' });
    await expect(doOnce(ports, REQUEST, () => Promise.reject(new Error('EHR is down')))).rejects.toThrow('EHR is down');
    expect(told).toEqual(['forget']);
  });
});
