import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { consoleConfig } from '../../../functions/admin/contract.ts';
import { filesOf } from '../../../infra/publish-console.ts';
import { scratchFolder } from '../../support/infra/synthesized.ts';

const OUTPUTS = {
  ConsoleBucket: 'portal-pin-stateless-consolebucket-x',
  ConsoleClientId: '1h57kf5cpq17m0eml12EXAMPLE',
  ConsoleIssuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab1Cd2Ef3',
  ConsoleLogin: 'https://portal-pin-123456789012.auth.us-east-1.amazoncognito.com',
};

function built(files: Record<string, string>): string {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'assets'));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

const BUILD = {
  'index.html': '<!doctype html>',
  'icon.svg': '<svg/>',
  'assets/index-Ab1.js': 'go()',
  'assets/a-B2.css': '',
};

describe('what is published', () => {
  const files = filesOf(built(BUILD), OUTPUTS);

  it('is the build below /console/, each file as what it is, the page last', () => {
    expect(
      files
        .map(({ key, type, cacheControl }) => [key, type, cacheControl])
        .slice(0, -2)
        .toSorted(),
    ).toEqual([
      ['console/assets/a-B2.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['console/assets/index-Ab1.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
      ['console/icon.svg', 'image/svg+xml', 'no-cache'],
    ]);
    expect(files.slice(-2)).toMatchObject([
      { key: 'console/config.json', type: 'application/json', cacheControl: 'no-cache' },
      { key: 'console/index.html', type: 'text/html; charset=utf-8', cacheControl: 'no-cache' },
    ]);
    expect(String(files.at(-1)?.body)).toBe('<!doctype html>');
  });

  it('tells the page where it runs, as the contract has it', () => {
    const config = JSON.parse(String(files.find(({ key }) => key.endsWith('config.json'))?.body));
    expect(z.parse(consoleConfig, config)).toEqual({
      api: '/api',
      auth: {
        issuer: OUTPUTS.ConsoleIssuer,
        login: OUTPUTS.ConsoleLogin,
        clientId: OUTPUTS.ConsoleClientId,
        scopes: ['openid'],
      },
    });
  });

  it('is no config.json of the machine that it was built on', () => {
    const local = built({ ...BUILD, 'config.json': '{"api":"/api","auth":null}' });
    const configs = filesOf(local, OUTPUTS).filter(({ key }) => key.endsWith('config.json'));
    expect(configs.map(({ body }) => JSON.parse(String(body)).auth)).toEqual([
      expect.objectContaining({ scopes: ['openid'] }),
    ]);
  });
});

describe('what is not', () => {
  it.each([
    ['no build', {}, 'npm run build:console'],
    ['a file of an unknown kind', { ...BUILD, 'assets/x.exe': '' }, 'assets/x.exe'],
  ])('%s: is said', (_what, files, said) => {
    expect(() => filesOf(built(files), OUTPUTS)).toThrow(said);
  });
  it('a folder that is not there: is said', () => {
    expect(() => filesOf(join(scratchFolder(), 'none'), OUTPUTS)).toThrow('npm run build:console');
  });
});
