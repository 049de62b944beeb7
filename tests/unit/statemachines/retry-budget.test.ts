import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readStateMachine } from '../../../statemachines/read-asl.ts';

interface Retrier {
  IntervalSeconds: number;
  MaxAttempts: number;
  BackoffRate: number;
  MaxDelaySeconds?: number;
}
interface State {
  Next?: string;
  Choices?: { Next: string }[];
  Catch?: { Next: string }[];
  Retry?: Retrier[];
}
const machine = readStateMachine<{ StartAt: string; TimeoutSeconds: number; States: Record<string, State> }>(
  'regenerate-pin',
);

/** Seconds that a state pauses when every retrier is used up and no jitter shortens it. */
function pausesOf({ Retry = [] }: State): number {
  let seconds = 0;
  for (const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds = Number.POSITIVE_INFINITY } of Retry) {
    for (let n = 0; n < MaxAttempts; n++) seconds += Math.min(IntervalSeconds * BackoffRate ** n, MaxDelaySeconds);
  }
  return seconds;
}

/** A draft is discarded at most twice: one of an earlier cycle, then one's own. */
const VISITS: Record<string, number> = { DiscardDraft: 2, WhatRemains: 2 };

function longestFrom(name: string, visited: Record<string, number>): number {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`no state ${name}`);
  const times = (visited[name] ?? 0) + 1;
  if (times > (VISITS[name] ?? 1)) return Number.NEGATIVE_INFINITY;
  const ways = [state.Next, ...(state.Choices ?? []).map((c) => c.Next), ...(state.Catch ?? []).map((c) => c.Next)];
  const rest = ways.flatMap((next) => (next === undefined ? [] : [longestFrom(next, { ...visited, [name]: times })]));
  return pausesOf(state) + Math.max(0, ...rest.filter((seconds) => seconds >= 0));
}

it('all pauses of the longest way leave the machine a third of its time', () => {
  const seconds = longestFrom(machine.StartAt, {});
  expect(seconds).toBe(1828);
  expect(seconds).toBeLessThan((machine.TimeoutSeconds * 2) / 3);
});

it('regenerate-pin.asl.yaml has at most 380 lines: each retrier is written once', () => {
  const text = readFileSync(new URL('../../../statemachines/regenerate-pin.asl.yaml', import.meta.url), 'utf8');
  expect(text.split('\n').length - 1).toBeLessThanOrEqual(380);
  // Anchors and aliases repeat a retrier; the text holds each one's numbers once.
  expect(text.match(/MaxAttempts/g)).toHaveLength(6);
});
