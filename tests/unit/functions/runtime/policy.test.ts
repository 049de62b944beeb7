import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicyError, readPolicy } from '../../../../functions/runtime/policy.ts';

const DEMO = fileURLToPath(new URL('../../../../local/demo/policy.json', import.meta.url));
const demo = () => JSON.parse(readFileSync(DEMO, 'utf8'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function problemOf(text: string): string {
  const file = join(folder, 'policy.json');
  writeFileSync(file, text);
  try {
    readPolicy(file);
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError);
    expect(error).toMatchObject({ name: 'PolicyError' });
    return error instanceof PolicyError ? error.message : '';
  }
  return 'none';
}
/** The demo policy with the value at a dotted path replaced, or removed when undefined. */
function changed(path: string, value: unknown): string {
  const policy = demo();
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce((object, key) => object[key], policy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return JSON.stringify(policy);
}

describe('the demo policy', () => {
  it('is valid', () => expect(readPolicy(DEMO)).toEqual(demo()));
  it('is valid without a limit of webhooks: 600 a minute', () => {
    writeFileSync(join(folder, 'policy.json'), changed('webhooksPerMinute', undefined));
    expect(readPolicy(join(folder, 'policy.json')).webhooksPerMinute).toBe(600);
  });
  it('is valid without reminder days: 20 and 27', () => {
    writeFileSync(join(folder, 'policy.json'), changed('reminderDays', undefined));
    expect(readPolicy(join(folder, 'policy.json')).reminderDays).toEqual([20, 27]);
  });
  it('is valid without a word of the pick-up page: a date of birth is asked for, a hundred times an hour', () => {
    for (const pickup of [undefined, {}]) {
      writeFileSync(join(folder, 'policy.json'), changed('pickup', pickup));
      expect(readPolicy(join(folder, 'policy.json')).pickup).toEqual({ askLastName: false, triesPerHour: 100 });
    }
  });
  it('is valid without a limit of cycles: 3', () => {
    writeFileSync(join(folder, 'policy.json'), changed('cycleLimit', undefined));
    expect(readPolicy(join(folder, 'policy.json')).cycleLimit).toBe(3);
  });
  it('is valid without retries of soft bounces: two', () => {
    writeFileSync(join(folder, 'policy.json'), changed('softBounceRetries', undefined));
    expect(readPolicy(join(folder, 'policy.json')).softBounceRetries).toBe(2);
  });
  it('is valid with each bound reached', () => {
    for (const [path, values] of Object.entries({
      'sweep.hour': [0, 23],
      'sweep.startsPerMinute': [1, 18_000],
      'sweep.dailyLimit': [1, 1_000_000],
      recheckDays: [1, 90],
      reminderDays: [[], [1], [29], [1, 2, 29]],
      softBounceRetries: [0, 10],
      cycleLimit: [1, 24],
      attemptLimit: [1, 20],
      webhooksPerMinute: [1, 60_000],
      'pickup.askLastName': [true, false],
      'pickup.triesPerHour': [1, 1_000_000],
      locations: [[]],
      timeZone: ['UTC', 'Pacific/Auckland'],
      providerFallback: ['none', 'latest-encounter'],
    })) {
      for (const value of values) expect(problemOf(changed(path, value))).toBe('none');
    }
  });
});

describe('a wrong policy names the key', () => {
  it.each<[string, unknown]>([
    ['practice', undefined],
    ['practice.name', ''],
    ['practice.name', 'x'.repeat(101)],
    ['practice.name', undefined],
    ['practice.phone', '1'],
    ['practice.portalUrl', 'http://portal.example.com'],
    ['practice.portalUrl', 'javascript:alert(1)'],
    ['practice.portalUrl', 'portal.example.com'],
    ['practice.sender', 'portal'],
    ['timeZone', 'New York'],
    ['timeZone', ''],
    ['timeZone', undefined],
    ['locations', undefined],
    ['locations.0.organization', 'demo-org-1'],
    ['locations.0.organization', 'Patient/demo-org-1'],
    ['locations.1.kind', 'hospital'],
    ['defaultKind', 'none'],
    ['providerFallback', true],
    ['sweep.hour', 24],
    ['sweep.hour', -1],
    ['sweep.hour', 5.5],
    ['sweep.hour', '5'],
    ['sweep.startsPerMinute', 0],
    ['sweep.dailyLimit', 0],
    ['recheckDays', 0],
    ['recheckDays', 91],
    ['reminderDays', [27, 20]],
    ['reminderDays', [20, 20]],
    ['reminderDays.0', 0],
    ['reminderDays.1', 30],
    ['reminderDays.1', 20.5],
    ['reminderDays', 20],
    ['cycleLimit', 0],
    ['attemptLimit', 21],
    ['webhooksPerMinute', 0],
    ['practice.name', 'Riverside\nBcc: everybody@example.com'],
    ['practice.name', 'Riverside\u2028Practice'],
    ['practice.phone', '(212)\r\n555-0134'],
    ['practice.phone', 'x'.repeat(31)],
    ['languages.0', 'de'],
    ['languages.1', 'fr'],
  ])('%s = %j', (path, value) => {
    const problem = problemOf(changed(path, value));
    expect(problem).toContain(`\n  ${path}: `);
    expect(problem).toContain(join(folder, 'policy.json'));
  });

  it('languages, where there is none', () => {
    expect(problemOf(changed('languages', []))).toContain('\n  languages.0: ');
  });

  it.each([
    ['colour', '(top level): unknown key colour'],
    ['practice.fax', 'practice: unknown key fax'],
    ['sweep.minute', 'sweep: unknown key minute'],
  ])('that is unknown: %s', (path, problem) => expect(problemOf(changed(path, 1))).toContain(problem));

  it('and every one of several', () => {
    const policy = { ...demo(), recheckDays: 0, cycleLimit: 0 };
    expect(problemOf(JSON.stringify(policy))).toMatch(/recheckDays: .*\n {2}cycleLimit: /);
  });
});

describe('a file that is no policy', () => {
  it('is no JSON', () => expect(problemOf('{ practice: ')).toContain('is no JSON'));
  it.each(['null', '[]', '"x"'])('%s', (text) => expect(problemOf(text)).toContain('(top level)'));
  it('cannot be read', () => {
    expect(() => readPolicy(join(folder, 'missing.json'))).toThrow(/missing\.json cannot be read\. Give the path/);
    expect(() => readPolicy(folder)).toThrow(/cannot be read/);
  });
});
