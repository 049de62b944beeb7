import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FEEDBACK_KINDS } from '../../../../functions/domain/email/email-event.ts';
import { ERROR_NAMES } from '../../../../functions/domain/errors.ts';
import { REASONS } from '../../../../functions/domain/outcomes.ts';
import type { EndedCase, Metrics } from '../../../../functions/ports/metrics.ts';
import { createMetrics } from '../../../../functions/runtime/metrics.ts';

const CANARY = 'Q987654321';
let lines: string[];
beforeEach(() => {
  lines = [];
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'PortalPin');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'portal-pin');
  // Powertools writes to the process's streams, past the console that a test would see.
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const CASE: EndedCase = { outcome: 'REGENERATED', reason: null, unresolvedSeconds: null, accessSeconds: null };
/** What is written for the end, line by line. */
function written(differing: Partial<EndedCase> = {}): Record<string, unknown>[] {
  return writtenBy((metrics) => metrics.ended({ ...CASE, ...differing }));
}
/** What is written by whatever counts, in a practice of two locations. */
function writtenBy(count: (metrics: Metrics) => void): Record<string, unknown>[] {
  count(createMetrics(() => ['org-1', 'org-2']));
  return lines.map((line) => JSON.parse(line));
}
/** CloudWatch's embedded metric format, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const embedded = (Name: string, Unit: string, dimensions: string[]) => ({
  Timestamp: expect.any(Number),
  CloudWatchMetrics: [{ Namespace: 'PortalPin', Dimensions: [dimensions], Metrics: [{ Name, Unit }] }],
});
const ended = {
  _aws: embedded('Ended', 'Count', ['service', 'outcome', 'reason']),
  service: 'portal-pin',
  outcome: 'REGENERATED',
  reason: 'NONE',
  Ended: 1,
};

it('a locked link counts one and names no patient', () => {
  createMetrics(() => []).pickupLocked();
  const _aws = embedded('PickupLocked', 'Count', ['service']);
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ _aws, service: 'portal-pin', PickupLocked: 1 }]);
});

describe('an end is written at once', () => {
  it('as one of its outcome and reason', () => expect(written()).toEqual([ended]));

  it('with the time until access, by no dimension but the service', () => {
    const access = {
      _aws: embedded('SecondsToAccess', 'Seconds', ['service']),
      service: 'portal-pin',
      SecondsToAccess: 86_400,
    };
    expect(written({ accessSeconds: 86_400 })).toEqual([ended, access]);
  });

  it('with its age while it is unresolved, also when that is 0', () => {
    const _aws = embedded('UnresolvedSeconds', 'Seconds', ['service']);
    expect(written({ outcome: 'HELD', reason: 'CYCLE_LIMIT', unresolvedSeconds: 0 })).toEqual([
      { ...ended, outcome: 'HELD', reason: 'CYCLE_LIMIT' },
      { _aws, service: 'portal-pin', UnresolvedSeconds: 0 },
    ]);
  });
});

describe('the reason', () => {
  it.each([...REASONS, ...ERROR_NAMES])('%s is one that is known', (reason) => {
    expect(written({ outcome: 'FAILED', reason })[0]).toMatchObject({ outcome: 'FAILED', reason });
  });
  it.each(['States.Timeout', 'TIMED_OUT', CANARY, 'TypeError', '', 'constructor'])(
    '%j is none: no text of others becomes a dimension',
    (reason) => {
      expect(written({ outcome: 'FAILED', reason })[0]).toMatchObject({ reason: 'OTHER' });
      expect(lines.join()).not.toContain(CANARY);
    },
  );
});

describe('a PIN on its way to its patient', () => {
  const steps = { issued: 'Issued', pickedUp: 'PickedUp', registered: 'Registered' } as const;
  const each = Object.entries(steps) as [keyof typeof steps, string][];

  it.each(each)('%s counts at its location', (step, name) => {
    const _aws = embedded(name, 'Count', ['service', 'location']);
    expect(writtenBy((metrics) => metrics[step]('org-2'))).toEqual([
      { _aws, service: 'portal-pin', location: 'org-2', [name]: 1 },
    ]);
  });

  it.each([
    [null, 'NONE'],
    ['org-3', 'OTHER'],
    [CANARY, 'OTHER'],
    ['', 'OTHER'],
  ])('at %j: %s, for no text of a chart becomes a dimension', (location, dimension) => {
    for (const [step] of each) writtenBy((metrics) => metrics[step](location));
    expect(lines.map((line) => JSON.parse(line).location)).toEqual([dimension, dimension, dimension]);
    expect(lines.join()).not.toContain(CANARY);
  });
});

it.each([...FEEDBACK_KINDS, 'UNKNOWN_MESSAGE' as const, 'FOREIGN_MESSAGE' as const])(
  '%s of a mail counts as such',
  (what) => {
    const _aws = embedded('EmailFeedback', 'Count', ['service', 'feedback']);
    expect(writtenBy((metrics) => metrics.emailFeedback(what))).toEqual([
      { _aws, service: 'portal-pin', feedback: what, EmailFeedback: 1 },
    ]);
  },
);

it('nothing else is written, from any caller', () => {
  const smuggled = { patientId: CANARY, pin: CANARY, email: CANARY, metadata: { pin: CANARY }, accessSeconds: 1 };
  const keys = written(smuggled).map((line) => Object.keys(line).toSorted());
  expect(keys).toEqual([
    ['Ended', '_aws', 'outcome', 'reason', 'service'],
    ['SecondsToAccess', '_aws', 'service'],
  ]);
  expect(lines.join()).not.toContain(CANARY);
});

it('nothing is written where metrics are off', () => {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  expect(written({ unresolvedSeconds: 1, accessSeconds: 1 })).toEqual([]);
});
