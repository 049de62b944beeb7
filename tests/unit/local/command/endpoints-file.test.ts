import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { removeEndpoints, writeEndpoints } from '../../../../local/command/endpoints-file.ts';
import { endpointsOf } from '../../../../local/platform/endpoints.ts';
import { folderWith } from '../../../support/local/command.ts';

const endpoints = (port: number) =>
  endpointsOf(`http://127.0.0.1:${port}`, {
    fhirAuthorization: 'Bearer x',
    stateMachines: {},
    webhookSecret: 'whsec_x',
  });

describe('.local/endpoints.json with several platforms in one folder', () => {
  let folder: string;
  const shown = () => JSON.parse(readFileSync(join(folder, '.local/endpoints.json'), 'utf8')).console;
  /** Another process that wrote its endpoints and still runs, or was killed. */
  const another = (pid: number, port: number) => {
    const own = join(folder, '.local/running', String(pid));
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'endpoints.json'), `${JSON.stringify(endpoints(port), null, 2)}\n`);
    writeFileSync(join(own, 'policy.json'), '{"of":"another"}');
  };

  beforeEach(() => {
    folder = folderWith({ 'policy.json': '{"of":"this"}' });
    process.chdir(folder);
    onTestFinished(() => process.chdir(tmpdir()));
  });

  it('names the platform that started last, for its user alone', () => {
    another(process.ppid, 1);
    writeEndpoints(endpoints(2), 'policy.json');
    expect(shown()).toBe('http://127.0.0.1:2/console');
    expect(statSync(join(folder, '.local/endpoints.json')).mode & 0o777).toBe(0o600);
  });

  it('names the first one again when the second one stops', () => {
    another(process.ppid, 1);
    writeEndpoints(endpoints(2), 'policy.json');
    removeEndpoints(endpoints(2));
    expect(shown()).toBe('http://127.0.0.1:1/console');
    expect(readFileSync(join(folder, '.local/policy.json'), 'utf8')).toBe('{"of":"another"}');
  });

  it('is gone when the last one stops, and a killed one is not named', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    another(pid, 1);
    writeEndpoints(endpoints(2), 'policy.json');
    removeEndpoints(endpoints(2));
    expect(existsSync(join(folder, '.local/endpoints.json'))).toBe(false);
    expect(readdirSync(join(folder, '.local/running'))).toEqual([]);
  });

  it('stays when an earlier platform stops', () => {
    writeEndpoints(endpoints(2), 'policy.json');
    writeFileSync(join(folder, '.local/endpoints.json'), JSON.stringify(endpoints(3)));
    removeEndpoints(endpoints(2));
    expect(shown()).toBe('http://127.0.0.1:3/console');
  });
});
