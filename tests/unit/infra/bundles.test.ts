import { createHash } from 'node:crypto';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleFunctions, HANDLER, POLICY_FILE } from '../../../infra/bundles.ts';
import { locate } from '../../../infra/locate.ts';
import { FUNCTIONS } from '../../../infra/tables/functions.ts';
import { scratchFolder } from '../../support/infra/synthesized.ts';

const policyFile = 'local/demo/policy.json';
const { folders, sourceMaps, metafile } = await bundleFunctions({ outdir: join(scratchFolder(), 'one'), policyFile });
const [module] = HANDLER.split('.');
const inputs = [...new Set(Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)))];

describe('bundles', () => {
  it('there is one for each handler of the repository, of code and policy', () => {
    const handlers = globSync('functions/**/*.ts').filter((file) =>
      /^export (const|async function) handler\b/m.test(readFileSync(file, 'utf8')),
    );
    expect(handlers.length).toBeGreaterThan(12);
    expect(FUNCTIONS.map(({ source }) => source).toSorted()).toEqual(handlers.toSorted());
    expect([...folders.keys()]).toEqual(FUNCTIONS.map(({ name }) => name));
    for (const folder of folders.values()) {
      expect(readdirSync(folder).toSorted()).toEqual([`${module}.js`, POLICY_FILE]);
      expect(readFileSync(join(folder, POLICY_FILE))).toEqual(readFileSync(policyFile));
    }
  });

  it('are the same bytes again, in another folder', { timeout: 60_000 }, async () => {
    const again = await bundleFunctions({ outdir: join(scratchFolder(), 'deeper', 'two'), policyFile });
    const digest = (folder: string) =>
      createHash('sha256')
        .update(readFileSync(join(folder, `${module}.js`)))
        .digest('hex');
    expect([...again.folders.values()].map(digest)).toEqual([...folders.values()].map(digest));
    const texts = [...folders.values()].map((folder) => readFileSync(join(folder, `${module}.js`), 'utf8'));
    expect(texts.filter((text) => text.includes(process.cwd()) || text.includes('sourceMappingURL'))).toEqual([]);
  });

  it('lead back to a line of the sources by the archived maps, which are the same in another folder, too', async () => {
    expect(readdirSync(sourceMaps).toSorted()).toEqual(
      FUNCTIONS.map(({ source }) => `${basename(source, '.ts')}.js.map`).toSorted(),
    );
    const file = 'clear-routing.js.map';
    const map = readFileSync(join(sourceMaps, file), 'utf8');
    const bundle = readFileSync(join(folders.get('ClearRouting') ?? '', `${module}.js`), 'utf8').split('\n');
    // A text that stands once in the sources of the bundle, and stays as it is when it is minified.
    const text = '"RoutingNotEmptyError"';
    const line = bundle.findIndex((each) => each.includes(text));
    const [, source = '', original] =
      /^(.+?):(\d+):\d+$/.exec(locate(map, `${line + 1}:${(bundle[line]?.indexOf(text) ?? 0) + 1}`)) ?? [];
    expect(source).toBe('functions/domain/errors.ts');
    expect(readFileSync(source, 'utf8').split('\n')[Number(original) - 1]).toContain('RoutingNotEmptyError');
    const again = await bundleFunctions({ outdir: join(scratchFolder(), 'deeper', 'three'), policyFile });
    expect(readFileSync(join(again.sourceMaps, file), 'utf8')).toBe(map);
    const none = JSON.stringify({ version: 3, sources: [], names: [], mappings: '' });
    expect(() => locate(none, '999:1')).toThrow('999:1 is no place of this bundle.');
  });

  it('hold our functions and what they need, no local platform, no test, no tool', () => {
    expect(inputs.length).toBeGreaterThan(100);
    expect(inputs).toContain('functions/steps/verify-email.ts');
    const ours = inputs.filter((file) => !file.startsWith('node_modules/'));
    expect(ours.filter((file) => !file.startsWith('functions/'))).toEqual([]);
    const foreign =
      /^node_modules\/(@medplum|aws-cdk|cdk-nag|constructs|esbuild|vitest|dynalite|aws-local-|temporal-|level|@types)/;
    expect(inputs.filter((file) => foreign.test(file))).toEqual([]);
  });

  it('hold no client that their function does not use', () => {
    const clientsOf = (name: string) => {
      const [, output] = Object.entries(metafile.outputs).find(([file]) => file.endsWith(`${name}/${module}.js`)) ?? [];
      return Object.keys(output?.inputs ?? {}).flatMap((file) => /@aws-sdk\/client-([a-z-]+)\//.exec(file)?.[1] ?? []);
    };
    expect(new Set(clientsOf('clear-routing'))).toEqual(new Set(['dynamodb', 'secrets-manager']));
    expect(new Set(clientsOf('send-enrollment-notification'))).toEqual(
      new Set(['dynamodb', 'kms', 'secrets-manager', 'ses']),
    );
    expect(new Set(clientsOf('pin-lapsed'))).toEqual(new Set(['dynamodb', 'sfn']));
  });
});
