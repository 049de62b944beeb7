import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cycleIdentifier,
  digestOf,
  executionName,
  staffTaskIdentifier,
} from '../../../../functions/domain/identity.ts';

describe('names derived from what a thing is about', () => {
  // Pinned: a chart, a table and Step Functions' 90 days remember these names; a change would do everything twice.
  it.each([
    [cycleIdentifier('demo-1', 'doc-1'), '91d217632bf92d27c9bcd7d4308eb52b4819570c'],
    [executionName('demo-1', 1), '8dc0617a81f043f9ab42a4a36a7610f70272bec5-1'],
    [staffTaskIdentifier('demo-1', 'enter-email', 'NONE'), 'daa09c075c2ce0c83101d6f010d7a48bd062356a'],
    [digestOf(['Practitioner/b', 'Practitioner/a', 'Practitioner/b']), 'b32c45a7dca6d586'],
    [digestOf([]), '14a373e8894ba86c'],
  ])('%s', (name, pinned) => expect(name).toBe(pinned));

  it('differ where the thing differs', () => {
    const names = [
      cycleIdentifier('p', 'c'),
      cycleIdentifier('p', 'd'),
      cycleIdentifier('q', 'c'),
      cycleIdentifier('pc', ''),
      staffTaskIdentifier('p', 'c', ''),
      staffTaskIdentifier('p', '', 'c'),
      executionName('p', 1),
      executionName('p', 2),
      executionName('p1', 1),
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it('make execution names that Step Functions takes, and that do not show the patient', () => {
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: 1–80 characters
    const fhirId = fc.stringMatching(/^[A-Za-z0-9.-]{6,64}$/);
    fc.assert(
      fc.property(fhirId, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (patientId, attempt) => {
        const name = executionName(patientId, attempt);
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
        expect(name).not.toContain(patientId);
      }),
    );
  });
});

describe('digestOf a set of references', () => {
  it('depends on its members, not on order or repetition', () => {
    const references = fc.array(fc.constantFrom('Practitioner/a', 'Practitioner/b', 'Practitioner/c'));
    fc.assert(
      fc.property(references, references, (some, other) => {
        const same = some.every((each) => other.includes(each)) && other.every((each) => some.includes(each));
        expect(digestOf(some) === digestOf(other)).toBe(same);
      }),
    );
  });
});
