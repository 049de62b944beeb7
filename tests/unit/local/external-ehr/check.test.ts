import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SCOPES } from '../../../../functions/adapters/fhir/scopes.ts';
import { accessTo } from '../../../../local/external-ehr/access.ts';
import { checkExternalEhr } from '../../../../local/external-ehr/check.ts';
import { createExternalEhr } from '../../../../local/external-ehr/external-ehr.ts';
import { folderWith } from '../../../support/local/command.ts';
import { externalServer } from '../../../support/local/external-server.ts';

const none = { client: null, token: null };

async function checked(baseUrl: string, files: { client: string | null; token: string | null } = none) {
  return checkExternalEhr(createExternalEhr(baseUrl, await accessTo(baseUrl, files)));
}

/** A server that answers each path with its status and JSON. */
async function answering(answers: Record<string, [number, object]>): Promise<string> {
  const server = createServer((req, res) => {
    const [status, body] = answers[(req.url ?? '').split('?')[0] ?? ''] ?? [404, {}];
    res.writeHead(status, { 'content-type': 'application/fhir+json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Where nothing listens any more. */
async function closed(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return `http://127.0.0.1:${port}`;
}

const metadata = (fhirVersion: string): [number, object] => [200, { resourceType: 'CapabilityStatement', fhirVersion }];

describe('an external FHIR server', () => {
  it('is taken with a client or a token, and says by which base it knows itself', async () => {
    const { baseUrl, clientFile, tokenFile } = await externalServer(folderWith({}));
    expect(await checked(baseUrl, { client: clientFile, token: null })).toBe(baseUrl);
    expect(await checked(`${baseUrl}/`, { client: null, token: tokenFile })).toBe(baseUrl);
    const self = { relation: 'self', url: 'https://ehr.example/fhir/Patient?_count=1' };
    const behindProxy = await answering({
      '/metadata': metadata('4.0.1'),
      '/Patient': [200, { resourceType: 'Bundle', type: 'searchset', link: [self] }],
    });
    expect(await checked(behindProxy)).toBe('https://ehr.example/fhir');
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ['does not answer', closed, /cannot be reached \(ECONNREFUSED\)/],
    ['is no FHIR server', () => answering({ '/metadata': [200, {}] }), /no FHIR server/],
    ['has no metadata', () => answering({}), /no FHIR server.*HTTP 404/],
    ['speaks R5', () => answering({ '/metadata': metadata('5.0.0') }), /speaks FHIR 5\.0\.0; Portal PIN needs R4/],
    ['speaks R4B', () => answering({ '/metadata': metadata('4.3.0') }), /speaks FHIR 4\.3\.0/],
    ['wants a token', async () => (await externalServer(folderWith({}))).baseUrl, /HTTP 401.*--ehr-token-file/],
  ])('is refused if it %s', async (_what, url, message) => {
    const promise = url().then((baseUrl) => checked(baseUrl));
    await expect(promise).rejects.toMatchObject({ name: 'ExternalEhrError', message: expect.stringMatching(message) });
  });

  it('is refused if the token lacks scopes, which it names', async () => {
    const allowed = { '/metadata': metadata('4.0.1'), '/Patient': [200, { resourceType: 'Bundle' }] } as const;
    const baseUrl = await answering({ ...allowed, '/Task': [403, {}], '/CareTeam': [403, {}] } as never);
    await expect(checked(baseUrl)).rejects.toThrow(/lacks scopes: system\/CareTeam\.s, system\/Task\.s\./);
  });

  it('is refused if the authorization server does not grant what was asked', async () => {
    const few = SCOPES.filter((scope) => !scope.includes('Task'));
    const { baseUrl, clientFile } = await externalServer(folderWith({}), few);
    await expect(checked(baseUrl, { client: clientFile, token: null })).rejects.toThrow(/No token.*invalid_scope/);
  });
});

describe('the files that hold the credentials', () => {
  it.each([
    ['no file', null, /cannot be read \(ENOENT\)/],
    ['no JSON', 'x', /is wrong/],
    ['no client id', JSON.stringify({ jwks: { keys: [{ kty: 'EC' }] } }), /is wrong \(clientId\)/],
    ['a key that cannot sign', JSON.stringify({ clientId: 'a', jwks: { keys: [{ kty: 'oct' }] } }), /cannot be used/],
  ])('a client file with %s is refused', async (_what, text, message) => {
    const folder = folderWith(text === null ? {} : { 'client.json': text });
    const files = { client: `${folder}/client.json`, token: null };
    await expect(accessTo('https://ehr.example', files)).rejects.toThrow(message);
  });

  it('an empty token file is refused, and a token is not sent without TLS', async () => {
    const folder = folderWith({ empty: '\n', token: 'secret' });
    const empty = accessTo('https://ehr.example', { client: null, token: `${folder}/empty` });
    await expect(empty).rejects.toThrow(/holds no bearer token/);
    const plain = accessTo('http://ehr.example/fhir', { client: null, token: `${folder}/token` });
    await expect(plain).rejects.toThrow(/over TLS alone/);
    const guarded = await accessTo('https://ehr.example', { client: null, token: `${folder}/token` });
    expect(await guarded(new AbortController().signal, null)).toBe('Bearer secret');
  });
});
