import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeploymentError, readDeployment } from '../../infra/deployment.ts';
import { scratchFolder } from './synthesized.ts';

const EXAMPLE = JSON.parse(readFileSync('infra/deployment.example.json', 'utf8'));
const POLICY = JSON.parse(readFileSync('local/demo/policy.json', 'utf8'));
const folder = scratchFolder();
let files = 0;

/** A deployment file beside its policy; answers its path. */
function deploymentFile(deployment: unknown, policy: unknown = POLICY): string {
  files += 1;
  const here = join(folder, String(files));
  mkdirSync(here);
  writeFileSync(join(here, 'policy.json'), typeof policy === 'string' ? policy : JSON.stringify(policy));
  const path = join(here, 'deployment.json');
  writeFileSync(path, typeof deployment === 'string' ? deployment : JSON.stringify(deployment));
  return path;
}

const valid = { ...EXAMPLE, policy: 'policy.json' };
const { name: _name, ...nameless } = valid;

describe('a deployment', () => {
  it('is read with its policy, wherever it lies', () => {
    const path = deploymentFile(valid);
    const { name, ehr, policyFile } = readDeployment(path);
    expect({ name, ehr }).toEqual({ name: valid.name, ehr: valid.ehr });
    expect(policyFile).toBe(join(path, '..', 'policy.json'));
  });

  it.each<[string, unknown, RegExp]>([
    ['that is not named', undefined, /context key "deployment" is missing.*-c deployment=/s],
    ['that is not there', 'nowhere.json', /nowhere\.json.*cannot be read.*deployment\.example\.json/s],
    ['that is no JSON', deploymentFile('{'), /is no JSON/],
    ['without a key', deploymentFile(nameless), /^ {2}name: /m],
    ['with a key nobody knows', deploymentFile({ ...valid, region: 'x' }), /unknown key region/],
    ['with a name AWS refuses', deploymentFile({ ...valid, name: 'My Practice' }), /^ {2}name: /m],
    [
      'whose chart would travel in the clear',
      deploymentFile({ ...valid, ehr: { ...valid.ehr, baseUrl: 'http://ehr.example.com/fhir' } }),
      /ehr\.baseUrl: must be https/,
    ],
    ['without scopes', deploymentFile({ ...valid, ehr: { ...valid.ehr, scopes: [] } }), /ehr\.scopes/],
    [
      'with a scope of SMART v1',
      deploymentFile({ ...valid, ehr: { ...valid.ehr, scopes: ['system/*.read'] } }),
      /ehr\.scopes\.0: is no SMART v2 system scope/,
    ],
    ['whose policy is not there', deploymentFile({ ...valid, policy: 'none.json' }), /key "policy".*cannot be read/s],
    ['whose policy is wrong', deploymentFile(valid, { ...POLICY, recheckDays: 0 }), /key "policy".*recheckDays/s],
  ])('%s stops the synth, naming the key and the way out', (_what, context, message) => {
    expect(() => readDeployment(context)).toThrow(DeploymentError);
    expect(() => readDeployment(context)).toThrow(message);
  });

  it('may name an EHR on this machine by plain http', () => {
    const ehr = { ...valid.ehr, baseUrl: 'http://127.0.0.1:4600/fhir' };
    expect(readDeployment(deploymentFile({ ...valid, ehr })).ehr.baseUrl).toBe(ehr.baseUrl);
  });
});

describe('the app', { timeout: 60_000 }, () => {
  function run(deployment: string | undefined) {
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
    const outdir = join(folder, `cdk.out.${files}`);
    const env = {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...(deployment !== undefined && { deployment }) }),
    };
    return spawnSync(process.execPath, ['infra/app.ts'], { env, encoding: 'utf8' });
  }

  it('says one message and no stack where the deployment is wrong', () => {
    const { status, stderr } = run(deploymentFile(nameless));
    expect(status).toBe(1);
    expect(stderr).toMatch(/name: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('has no finding of cdk-nag that is not acknowledged', () => {
    const { status, stdout, stderr } = run(deploymentFile(valid));
    expect(`${stdout}${stderr}`).not.toMatch(/violation|error/i);
    expect(status).toBe(0);
  });
});
