import { describe, expect, it } from 'vitest';
import * as errors from '../../../../functions/domain/errors.ts';

type NamedError = new (code: string) => Error & { code: string };
const classes = Object.entries<unknown>(errors).filter(
  (each): each is [string, NamedError] => each[0].endsWith('Error') && each[0] !== 'isStepError',
);

describe('errors', () => {
  it.each(classes)('%s is called by its class name, and its message is the code', (name, ErrorClass) => {
    const error = new ErrorClass('HTTP_503');
    expect(error).toMatchObject({ name, message: 'HTTP_503', code: 'HTTP_503' });
    expect(error).toBeInstanceOf(Error);
    expect(errors.isStepError(error)).toBe(true);
    // ASL's ErrorEquals matches on the name; an enumerable own one survives whatever copies the error.
    expect(Object.hasOwn(error, 'name')).toBe(true);
  });

  it('are all listed for the state machine, and nothing else is', () => {
    expect([...errors.ERROR_NAMES].sort()).toEqual(classes.map(([name]) => name).sort());
  });

  it.each([new Error('x'), { name: 'EhrRejectedError', code: 'secret' }, 'EhrRejectedError', null, undefined])(
    '%s is none of ours',
    (other) => expect(errors.isStepError(other)).toBe(false),
  );
});
