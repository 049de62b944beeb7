import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readDeployment } from '../../../infra/deployment.ts';
import { EXAMPLE, scratchFolder, synthesized } from '../../support/infra/synthesized.ts';

const run = promisify(execFile);

/** Runs infra/app.ts as the CDK CLI does, in an environment with neither credentials nor a region. */
async function synth(deployment: string | undefined): Promise<{ code: number; stderr: string; outdir: string }> {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const outdir = join(scratchFolder(), 'cdk.out');
  const env = {
    PATH: process.env.PATH,
    HOME: outdir,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, deployment }),
  };
  try {
    const { stderr } = await run(process.execPath, ['infra/app.ts'], { env });
    return { code: 0, stderr, outdir };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, stderr, outdir };
  }
}

describe('synth', () => {
  it('passes for the example, with all rules of cdk-nag and CloudFormation', { timeout: 120_000 }, async () => {
    const { code, stderr, outdir } = await synth(EXAMPLE);
    expect([code, stderr]).toEqual([0, '']);
    const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
    // CDK deploys to no other account and region than these.
    for (const stack of ['portal-pin-stateful', 'portal-pin-stateless'])
      expect(artifacts[stack]?.environment).toBe('aws://111122223333/us-east-1');
  });

  it.each([
    ['no context', undefined, 'context key "deployment" is missing'],
    ['a file that is not there', 'nowhere.json', 'nowhere.json (context key "deployment") cannot be read'],
    ['a file that is something else', 'package.json', 'unknown key'],
  ])('stops with one message: %s', { timeout: 60_000 }, async (_what, deployment, message) => {
    const { code, stderr } = await synth(deployment);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(EXAMPLE);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('gives the same templates a second time, so that a second deploy changes nothing', () => {
    const [once, again] = [synthesized(), synthesized()];
    expect(again.statefulTemplate.toJSON()).toEqual(once.statefulTemplate.toJSON());
    expect(again.statelessTemplate.toJSON()).toEqual(once.statelessTemplate.toJSON());
  });

  it('keeps two deployments of one account apart', () => {
    const { ehr } = readDeployment(EXAMPLE);
    const { statefulTemplate, statelessTemplate } = synthesized({
      name: 'west-office',
      ehr: { ...ehr, clientId: 'west' },
    });
    const text = JSON.stringify([statefulTemplate.toJSON(), statelessTemplate.toJSON()]);
    // The service’s name, which both of them bear: as a tag, as a dimension, as Powertools’ setting.
    const named = [
      '"Key":"application","Value":"portal-pin"',
      '"application":"portal-pin"',
      '"Name":"service","Value":"portal-pin"',
      '\\"service\\",\\"portal-pin\\"',
      '"POWERTOOLS_SERVICE_NAME":"portal-pin"',
    ];
    for (const each of named) expect(text).toContain(each);
    const rest = named.reduce((left, each) => left.replaceAll(each, ''), text);
    expect(rest).toContain('PortalPin/west-office');
    expect(rest.match(/[^"]*portal-pin[^"]*/g) ?? []).toEqual([]);
  });
});
