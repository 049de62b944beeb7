import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as kms from '@aws-sdk/client-kms';
import * as ses from '@aws-sdk/client-ses';
import { expect, it } from 'vitest';
import { foldErrors } from '../../../infra/folded-errors.ts';

type ErrorClass = new (options: object) => Error & { $fault: string };

/** The folded classes of a client, over the client's own base class. */
async function foldedClasses(client: string, base: string): Promise<Record<string, unknown>> {
  const main = createRequire(import.meta.url).resolve(client);
  const errors = join(dirname(dirname(main)), 'dist-es', 'models', 'errors.js');
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-folded-'));
  try {
    const file = join(folder, 'errors.mjs');
    const withBase = foldErrors(readFileSync(errors, 'utf8')).replace(
      /import \{ (\w+) as __BaseException \} from [^\n]+/,
      `import * as __client from ${JSON.stringify(pathToFileURL(main).href)};\nconst __BaseException = __client.default.${base};`,
    );
    writeFileSync(file, withBase);
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it.each([
  ['@aws-sdk/client-kms', 'KMSServiceException', kms],
  ['@aws-sdk/client-ses', 'SESServiceException', ses],
] as const)('the folded errors of %s are those of the client', async (client, base, original) => {
  const folded = Object.entries(await foldedClasses(client, base));
  expect(folded.length).toBeGreaterThan(10);
  for (const [name, value] of folded) {
    const [Folded, Original] = [value, Reflect.get(original, name)] as [ErrorClass, ErrorClass];
    const options = { message: 'why', $metadata: {} };
    const [one, other] = [new Folded(options), new Original(options)];
    expect([Folded.name, one.name, one.message, one.$fault], name).toEqual([name, other.name, 'why', other.$fault]);
    expect(Reflect.get(Folded, 'shapeId')).toBe(Reflect.get(Original, 'shapeId'));
    expect(one).toBeInstanceOf(Folded);
    expect(one).toBeInstanceOf(Reflect.get(original, base));
  }
});
