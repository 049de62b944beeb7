import { mkdtempSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundles, bundleFunctions } from '../../../infra/bundles.ts';

let outdir: string;
let bundles: Bundles;

beforeAll(async () => {
  outdir = mkdtempSync(join(tmpdir(), 'portal-pin-bundles-'));
  const policyFile = fileURLToPath(new URL('../../../local/demo/policy.json', import.meta.url));
  bundles = await bundleFunctions({ outdir, policyFile });
});
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe('a bundle', () => {
  it('is at most 400 KB', () => {
    const code = Object.values(bundles.metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
    expect(code.length).toBeGreaterThan(10);
    for (const { entryPoint, bytes } of code) expect(bytes, entryPoint).toBeLessThanOrEqual(400_000);
  });

  it('leaves out nothing that is loaded at its start', () => {
    const leftOut = Object.values(bundles.metafile.outputs).flatMap(({ imports }) =>
      imports.filter(({ path, external }) => external && !isBuiltin(path)),
    );
    expect(leftOut.length).toBeGreaterThan(0);
    expect(leftOut.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
  });

  it('carries the mail client only where a mail is sent', () => {
    const withMail = Object.values(bundles.metafile.outputs)
      .filter(({ inputs }) => Object.keys(inputs).some((path) => path.includes('/@aws-sdk/client-ses/')))
      .map(({ entryPoint }) => entryPoint);
    expect(withMail).toEqual(['functions/steps/send-enrollment-notification.ts']);
  });
});
