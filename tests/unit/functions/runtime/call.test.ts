import { expect, it } from 'vitest';
import { callUntil, portsOf } from '../../../../functions/runtime/call.ts';

const { signal } = new AbortController();

it('makes each port by its provider, with the deadline of the call', () => {
  const call = callUntil(signal);
  const ports = portsOf<{ signal: AbortSignal; answer: number }>(
    { signal: (given) => given.signal, answer: () => 42 },
    call,
  );
  expect(ports).toEqual({ signal, answer: 42 });
});

it('checks the environment when a provider reads it, and names what is missing', () => {
  const table = () => portsOf<{ table: string }>({ table: ({ config }) => config.table }, callUntil(signal));
  expect(table).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
  expect(table).toThrow(/MISSING_TABLE_NAME/);
});
