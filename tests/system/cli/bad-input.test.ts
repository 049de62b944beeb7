import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { portalPin, type Said } from '../../support/cli/portal-pin.ts';
import { closeAll, emptyFolder, json, scriptedPlatform } from '../../support/cli/scripted-platform.ts';

/** A command takes a second on an idle machine. */
const PATIENCE = { timeout: 60_000 };

/** One clear line, nothing on stdout, the documented exit code, and nothing that only a programmer reads. */
function expectOneLine({ code, stdout, stderr }: Said, exitCode: number, line: RegExp): void {
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
  expect(stderr).toMatch(line);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+|node:internal/);
}

afterAll(closeAll);

describe.concurrent('where no platform runs', PATIENCE, () => {
  it.each([
    ['status', 'demo-001'],
    ['send-webhook', 'pin.issued', 'demo-001'],
  ])('%s says how to start one', async (...args) => {
    expectOneLine(await portalPin(emptyFolder(), args), 3, /No local platform runs here: .*npm start.*--stack/);
  });

  it('says so, too, when it was killed and left its addresses behind', async () => {
    const { folder, close } = await scriptedPlatform((_asked, res) => void res.destroy());
    await close();
    expectOneLine(await portalPin(folder, ['status', 'demo-001']), 3, /does not answer.*npm start/);
  });

  it('says so when it goes away in the middle of a command', async () => {
    const { folder } = await scriptedPlatform(({ operation }, res) => {
      if (operation === 'StartExecution') json(res, { executionArn: 'arn:a:b:c:d:e:f:by-hand', startDate: 0 });
      else res.destroy();
    });
    expectOneLine(await portalPin(folder, ['sweep']), 3, /No answer \(\w+\): is the platform still running/);
  });

  it('says that its addresses are damaged', async () => {
    const { folder, write } = await scriptedPlatform((_asked, res) => void res.destroy());
    write('endpoints.json', '{"table":"portal-pin"}');
    expectOneLine(await portalPin(folder, ['status', 'demo-001']), 2, /endpoints\.json is damaged.*npm start/);
  });
});

describe.concurrent('a policy that does not parse', PATIENCE, () => {
  it.each([
    ['no JSON', '{ "practice": ', /\.local\/policy\.json is no JSON.*local\/demo\/policy\.json/],
    ['a wrong key', '{ "timeZones": [] }', /\.local\/policy\.json is wrong: .*timeZone.*docs\//],
  ])('%s: names the file, the key and the way out', async (_what, text, line) => {
    const { folder, write, asked } = await scriptedPlatform((_asked, res) => void res.destroy());
    write('policy.json', text);
    expectOneLine(await portalPin(folder, ['sweep']), 2, line);
    expect(asked).toEqual([]);
  });
});

describe.concurrent('on AWS', PATIENCE, () => {
  const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  const onAws = (url: string, more: Record<string, string> = KEYS) => ({ AWS_ENDPOINT_URL: url, ...more });
  const error = (code: string, message: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  const stack = (outputs: Record<string, string>) => {
    const members = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>s</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  };
  const machine = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
  const OUTPUTS = {
    TableName: 'portal-pin',
    RegeneratePinStateMachineArn: machine('portal-pin-regenerate-pin'),
    SweepExpiringPinsStateMachineArn: machine('portal-pin-sweep-expiring-pins'),
    DiscoverPinsStateMachineArn: machine('portal-pin-discover-pins'),
    TimeZone: 'America/New_York',
    ReminderDays: '20,27',
    EhrWebhookSecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:portal-pin/ehr-webhooks-abcdef',
  };
  const xml = (res: Parameters<Parameters<typeof scriptedPlatform>[0]>[1], status: number, text: string) =>
    void res.writeHead(status, { 'content-type': 'text/xml' }).end(text);
  const status = ['--stack', 'portal-pin', '--region', 'us-east-1', 'status', 'demo-001'];

  it('has no credentials: says to log in', async () => {
    const { folder, url, asked } = await scriptedPlatform((_asked, res) => xml(res, 500, ''));
    expectOneLine(await portalPin(folder, status, onAws(url, {})), 3, /no valid credentials.*Credential.*log in/);
    expect(asked).toEqual([]);
  });

  it('has credentials that are good no more: says to log in', async () => {
    const refuse = error('ExpiredToken', 'The security token included in the request is expired');
    const { folder, url } = await scriptedPlatform((_asked, res) => xml(res, 403, refuse));
    expectOneLine(await portalPin(folder, status, onAws(url)), 3, /no valid credentials.*ExpiredToken.*log in/);
  });

  it('has no such stack: says to check the name and the region', async () => {
    const refuse = error('ValidationError', 'Stack with id portal-pin-stateful does not exist');
    const { folder, url } = await scriptedPlatform((_asked, res) => xml(res, 400, refuse));
    expectOneLine(await portalPin(folder, status, onAws(url)), 3, /no stack portal-pin .*--stack and --region/);
  });

  it('has no region: says to give one', async () => {
    const { folder, url } = await scriptedPlatform((_asked, res) => xml(res, 500, ''));
    const args = status.filter((each) => each !== '--region' && each !== 'us-east-1');
    expectOneLine(await portalPin(folder, args, onAws(url)), 3, /No AWS region is set: give --region/);
  });

  it('has a stack of an earlier version: says to deploy it anew', async () => {
    const { folder, url } = await scriptedPlatform((_asked, res) => xml(res, 200, stack({ TableName: 'portal-pin' })));
    const said = await portalPin(folder, status, onAws(url));
    expectOneLine(said, 3, /no output RegeneratePinStateMachineArn: deploy it anew/);
  });

  it('says so, too, when they end in the middle of a command', async () => {
    const { folder, url } = await scriptedPlatform(({ operation }, res) => {
      if (operation === 'DescribeStacks') xml(res, 200, stack(OUTPUTS));
      else json(res, { __type: 'com.amazon.coral.service#ExpiredTokenException', message: 'no' }, 400);
    });
    expectOneLine(await portalPin(folder, status, onAws(url)), 3, /no valid credentials.*ExpiredTokenException/);
  });

  it('signs a webhook with the stack’s secret, and shows it nowhere', async () => {
    const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ....').toString('base64')}`;
    const { folder, url, asked } = await scriptedPlatform(({ operation }, res) => {
      if (operation === 'DescribeStacks') xml(res, 200, stack({ ...OUTPUTS, EhrWebhookUrl: `${url}/webhooks/ehr` }));
      else if (operation === 'GetSecretValue') json(res, { SecretString: JSON.stringify({ secrets: [secret] }) });
      else json(res, { decision: 'NOT_DUE', execution: null }, 202);
    });
    const send = ['--stack', 'portal-pin', '--region', 'us-east-1', 'send-webhook', 'pin.issued', '123'];
    for (const more of [['--json'], ['--print']]) {
      const said = await portalPin(folder, [...more.filter((each) => each === '--json'), ...send, ...more], onAws(url));
      expect(said.code).toBe(0);
      expect(said.stdout + said.stderr).not.toContain(secret.slice('whsec_'.length));
    }
    expect(asked.filter(({ path }) => path === '/webhooks/ehr')).toHaveLength(1);
  });

  it('has no webhook secret yet: says to put one in', async () => {
    const { folder, url } = await scriptedPlatform(({ operation }, res) => {
      if (operation === 'DescribeStacks') xml(res, 200, stack({ ...OUTPUTS, EhrWebhookUrl: `${url}/webhooks/ehr` }));
      else json(res, { SecretString: 'generated-by-cloudformation' });
    });
    const send = ['--stack', 'portal-pin', '--region', 'us-east-1', 'send-webhook', 'pin.issued', '123'];
    expectOneLine(await portalPin(folder, send, onAws(url)), 2, /holds no webhook secret yet/);
  });
});

describe.concurrent('send-webhook', PATIENCE, () => {
  function elsewhere(url: string): string[] {
    const file = join(emptyFolder(), 'secret.txt');
    writeFileSync(file, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    return ['--url', url, '--secret-file', file];
  }
  const unused = 'http://127.0.0.1:9/webhooks/ehr';
  const send = (...args: string[]) => portalPin(emptyFolder(), ['send-webhook', ...args]);

  it('refuses an unknown type, and names those there are', async () => {
    expectOneLine(await send('bogus', '1', ...elsewhere(unused)), 2, /Allowed choices are pin\.issued/);
  });
  it('refuses an event that lacks something', async () => {
    expectOneLine(await send('patient.updated', '1', ...elsewhere(unused)), 2, /--change is one of deceased/);
  });
  it('refuses to sign for another address with the platform’s secret', async () => {
    expectOneLine(await send('pin.issued', '1', '--url', unused), 2, /--url takes a --secret-file/);
  });
  it('says that the address does not answer', async () => {
    expectOneLine(await send('pin.issued', '1', ...elsewhere(unused)), 3, /No answer \(\w+\)|cannot be reached/);
  });
  it.each<[string, number, unknown, RegExp]>([
    ['a problem', 401, { title: 'Not signed', detail: 'Sign it.' }, /401 Not signed\. Sign it\./],
    ['a redirect to a web page', 302, null, /302 No answer of Portal PIN/],
  ])('shows an answer that is no decision: %s, exit code 1', async (_what, status, body, line) => {
    const { url } = await scriptedPlatform((_asked, res) =>
      body === null
        ? void res.writeHead(status, { 'content-type': 'text/html', location: '/elsewhere' }).end('<h1>Hi</h1>')
        : json(res, body, status),
    );
    const said = await send('pin.issued', '1', ...elsewhere(`${url}/webhooks/ehr`));
    expect(said).toMatchObject({ code: 1, stderr: '' });
    expect(said.stdout).toMatch(line);
  });
});
