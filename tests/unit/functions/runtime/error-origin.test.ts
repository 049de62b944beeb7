import { expect, it } from 'vitest';
import { originOf } from '../../../../functions/runtime/error-origin.ts';

/** An error with the stack that V8 gives it in a bundle. */
function thrown(message: string, frames: string[]): Error {
  const error = new TypeError(message);
  error.stack = [`TypeError: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

it('is the innermost place outside Node, without folders', () => {
  const frames = [
    'JSON.parse (<anonymous>)',
    'node:internal/process/task_queues:105:5',
    'async Xt.readPatient (/var/task/index.js:1:20345)',
    'async /var/task/index.js:7:12',
  ];
  expect(originOf(thrown('no such property', frames))).toBe('index.js:1:20345');
  expect(originOf(thrown('no such property', frames.slice(3)))).toBe('index.js:7:12');
});

it('is a real one, too', () => {
  expect(originOf(new Error('here'))).toMatch(/^error-origin\.test\.ts:\d+:\d+$/);
});

it('is nothing that the message says, even where it looks like a frame', () => {
  expect(originOf(thrown('Z987654321\n    at pat (canary.js:1:1)', ['run (/var/task/index.js:2:3)']))).toBe(
    'index.js:2:3',
  );
  const changed = thrown('Z987654321\n    at pat (canary.js:1:1)', []);
  changed.message = 'other';
  expect(originOf(changed)).toBeNull();
});

it.each([['a text'], [null], [thrown('x', ['pat@example.com:1:2', 'Z987654321:3:4'])]])('is null for %s', (error) => {
  expect(originOf(error)).toBeNull();
});
