import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../../functions/adapters/fhir/scopes.ts';
import { DeploymentError, readDeployment } from '../../../infra/deployment.ts';
import { EXAMPLE, scratchFolder } from '../../support/infra/synthesized.ts';

const folder = scratchFolder();
const example = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
copyFileSync('local/demo/policy.json', join(folder, 'policy.json'));

/** Reads a deployment file with this content; what it says when it is refused. */
function refusalOf(content: unknown): string {
  const file = join(folder, 'deployment.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  try {
    readDeployment(file);
  } catch (error) {
    if (error instanceof DeploymentError) return error.message;
    throw error;
  }
  return '';
}
const right = { ...example, policy: 'policy.json' };
const withEhr = (ehr: Record<string, unknown>) => ({ ...right, ehr: { ...right.ehr, ...ehr } });
const withIdentity = (identity: string) => ({ ...right, email: { ...right.email, identity } });
const withConsole = (console: Record<string, unknown>) => ({ ...right, console: { ...right.console, ...console } });

describe('the example', () => {
  it('is a right deployment, for the scopes that the FHIR adapter needs', () => {
    const { name, ehr, policy, alarmEmail } = readDeployment(EXAMPLE);
    expect([name, alarmEmail, policy.practice.sender]).toEqual(['portal-pin', null, 'portal@example.com']);
    expect(ehr.scopes).toEqual(SCOPES);
  });
  it('finds its policy beside itself, wherever that is', () => {
    expect(refusalOf(right)).toBe('');
    expect(readDeployment(join(folder, 'deployment.json')).policyFile).toBe(join(folder, 'policy.json'));
  });
});

describe('a wrong deployment is refused by one message that names the key and the way out', () => {
  it.each([[undefined], [''], [true], [7]])('context %s', (context) => {
    expect(() => readDeployment(context)).toThrow(
      /^The context key "deployment" is missing\. .* -c deployment=infra\/deployment\.example\.json$/,
    );
  });
  it('no file', () => {
    expect(() => readDeployment('nowhere.json')).toThrow(
      /nowhere\.json \(context key "deployment"\) cannot be read\. .*deployment\.example\.json/,
    );
  });
  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{ "name": ', /is no JSON/],
    ['no object', '[]', /\(top level\)/],
    ['a missing key', { ...right, name: undefined }, /^ {2}name: /m],
    ['no account', { ...right, account: undefined }, /^ {2}account: /m],
    ['an account that is a name', { ...right, account: 'prod' }, /account: takes the 12 digits/],
    ['no region', { ...right, region: undefined }, /^ {2}region: /m],
    ['a zone for a region', { ...right, region: 'us-east-1a' }, /region: is no AWS region/],
    [
      'a certificate of another account',
      { ...right, account: '444455556666' },
      /console\.certificateArn: the certificate is in account 111122223333, not 444455556666/,
    ],
    [
      'production without a host name of its own',
      { ...right, api: null },
      /^ {2}api: in production .* need a host name/m,
    ],
    ['no word on production', { ...right, production: undefined }, /production: /],
    [
      'a certificate of another region',
      { ...right, api: { ...right.api, certificateArn: right.api.certificateArn.replace('us-east-1', 'us-west-2') } },
      /api\.certificateArn: the certificate is in account 111122223333 and us-west-2, not 111122223333 and us-east-1/,
    ],
    ['an unknown key', { ...right, stage: 'prod' }, /\(top level\): unknown key stage/],
    ['an unknown key of the EHR', withEhr({ secret: 'x' }), /ehr: unknown key secret/],
    ['a name that no resource could bear', { ...right, name: 'Portal_PIN' }, /name: takes 3 to 31 small letters/],
    ['a name that is too long', { ...right, name: 'p'.repeat(32) }, /name: takes 3 to 31/],
    ['a chart in the clear', withEhr({ baseUrl: 'http://ehr.example.com/fhir' }), /ehr\.baseUrl: must be https/],
    [
      'a host that only looks local',
      withEhr({ baseUrl: 'http://localhost.example.com' }),
      /ehr\.baseUrl: must be https/,
    ],
    ['no URL', withEhr({ baseUrl: 'ehr' }), /ehr\.baseUrl: /],
    ['no client', withEhr({ clientId: '' }), /ehr\.clientId: /],
    ['no scope', withEhr({ scopes: [] }), /ehr\.scopes: /],
    ['a scope for everything', withEhr({ scopes: ['system/*.cruds'] }), /ehr\.scopes\.0: is no SMART v2 system scope/],
    ['a scope for nothing', withEhr({ scopes: ['system/Patient.'] }), /ehr\.scopes\.0: /],
    ['a user’s scope', withEhr({ scopes: ['user/Patient.rs'] }), /ehr\.scopes\.0: /],
    ['no address', { ...right, alarmEmail: 'no-address' }, /alarmEmail: /],
    ['no identity to send as', { ...right, email: undefined }, /email: /],
    [
      'a sender’s name',
      withIdentity('Practice <portal@example.com>'),
      /email\.identity: is neither an address nor a domain/,
    ],
    ['no domain', withIdentity('localhost'), /email\.identity: is neither/],
    ['a single sign-on of no kind', { ...right, federation: { type: 'LDAP', name: 'Hospital' } }, /federation\.type: /],
    [
      'a single sign-on in the clear',
      { ...right, federation: { type: 'SAML', name: 'Hospital', metadataUrl: 'http://sso.example.com' } },
      /federation\.metadataUrl: /,
    ],
    ['no console', { ...right, console: undefined }, /console: /],
    [
      'a URL for its host name',
      withConsole({ domain: 'https://pins.example.com' }),
      /console\.domain: is no host name/,
    ],
    ['a host name that is none', withConsole({ domain: 'pins' }), /console\.domain: is no host name/],
    [
      'a certificate where CloudFront does not look',
      withConsole({ certificateArn: example.console.certificateArn.replace('us-east-1', 'eu-west-1') }),
      /console\.certificateArn: is no ACM certificate in us-east-1/,
    ],
  ])('%s', (_what, content, message) => {
    expect(refusalOf(content)).toMatch(message);
    // What contradicts the policy is named with both values; the example would not help.
    if (!refusalOf(content).includes('do not go together')) expect(refusalOf(content)).toContain(EXAMPLE);
  });
  it('every wrong key at once', () => {
    const message = refusalOf({ ...withEhr({ clientId: '' }), alarmEmail: 7, extra: 1 });
    for (const key of ['ehr.clientId', 'alarmEmail', 'extra']) expect(message).toContain(key);
  });
  it.each(['http://127.0.0.1:4600/fhir', 'http://localhost/fhir', 'http://[::1]:80/fhir'])(
    'but %s is fine',
    (baseUrl) => {
      expect(refusalOf(withEhr({ baseUrl }))).toBe('');
    },
  );
});

it('a test deployment needs no host name for its API', () => {
  expect(refusalOf({ ...right, production: false, api: null })).toBe('');
});

describe('the identity to send as', () => {
  const policy = JSON.parse(readFileSync('local/demo/policy.json', 'utf8'));
  const practice = { ...policy.practice, sender: 'portal@pins.example.com' };
  writeFileSync(join(folder, 'sub.json'), JSON.stringify({ ...policy, practice }));
  const refusalFor = (identity: string) => refusalOf({ ...withIdentity(identity), policy: 'sub.json' });

  it.each(['portal@pins.example.com', 'pins.example.com', 'example.com'])('may be %s', (identity) => {
    expect(refusalFor(identity)).toBe('');
  });
  it.each(['portal@pins.example.com', 'example.com'])('may be %s, but not as a dedicated one', (identity) => {
    const dedicated = { ...right, policy: 'sub.json', email: { identity, dedicated: true } };
    expect(refusalOf(dedicated)).toMatch(/email\.dedicated: a dedicated identity is the domain of the policy's sender/);
    expect(refusalOf({ ...dedicated, email: { identity: 'pins.example.com', dedicated: true } })).toBe('');
  });
  it.each(['other@pins.example.com', 'mail.example.com', 'ins.example.com', 'example.org'])(
    'may not be %s: the sender does not belong to it',
    (identity) => {
      expect(refusalFor(identity)).toMatch(/email\.identity: .* is not the policy's sender portal@pins\.example\.com/);
    },
  );
});

describe('the hour of the sweep', () => {
  const policy = JSON.parse(readFileSync('local/demo/policy.json', 'utf8'));
  const refusalAt = (timeZone: string, hour: number) => {
    writeFileSync(join(folder, 'hour.json'), JSON.stringify({ ...policy, timeZone, sweep: { ...policy.sweep, hour } }));
    return refusalOf({ ...right, policy: 'hour.json' });
  };

  it.each([
    ['America/New_York', 2],
    ['Europe/London', 1],
    ['America/Santiago', 0],
  ])('in %s may not be %i, which clocks skip once a year; the message has the date', (timeZone, hour) => {
    const expected = new RegExp(`sweep\\.hour: on \\d{4}-\\d{2}-\\d{2} clocks in ${timeZone} skip ${hour}:00`);
    expect(refusalAt(timeZone, hour)).toMatch(expected);
  });
  it.each([
    ['America/New_York', 1],
    ['America/New_York', 3],
    ['Europe/London', 2],
    ['America/Phoenix', 2],
  ])('in %s may be %i', (timeZone, hour) => {
    expect(refusalAt(timeZone, hour)).toBe('');
  });
});

describe('a wrong policy is a wrong deployment', () => {
  it('no file', () => {
    expect(refusalOf({ ...right, policy: 'none.json' })).toMatch(/key "policy": .*none\.json cannot be read/);
  });
  it('a wrong key of it', () => {
    const policy = JSON.parse(readFileSync('local/demo/policy.json', 'utf8'));
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...policy, cycleLimit: 0 }));
    expect(refusalOf({ ...right, policy: 'bad.json' })).toMatch(/key "policy": .*cycleLimit/s);
  });
});
