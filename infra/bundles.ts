/** Every function's code in one esbuild call: a second for all of them, where one call each takes ten. No CDK in here. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { foldErrors } from './folded-errors.ts';
import { FUNCTIONS } from './tables/functions.ts';

/** What every function finds beside its code under this name, relative to Lambda's working directory. */
export const POLICY_FILE = 'policy.json';

/** The code of a bundle: `handler` of index.js. */
export const HANDLER = 'index.handler';

/** Beside the functions' folders; no function is called that. */
const SOURCE_MAPS = 'source-maps';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Left out: what the AWS SDK loads when it is first asked for, and no function ever asks. Lambda puts credentials into the
 * environment, where the SDK looks first, so that no other source of them is tried; none of our calls is an event stream.
 * That is 145 KB of every bundle and a fifth of its start. If imported anyway, the import fails by the package's name.
 */
const NEVER_LOADED = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/core/event-streams',
  '@smithy/credential-provider-imds',
];

/**
 * What a client carries and never uses. Of its own package.json it reads the version; the rest is 2 KB of each client.
 * DynamoDB's makes a cache for endpoint discovery, 8 KB, in which none of its commands looks.
 */
const UNUSED: Plugin = {
  name: 'unused',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]@aws-sdk[/\\]client-[a-z0-9-]+[/\\]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    onLoad({ filter: /[/\\]@aws-sdk[/\\]client-[a-z0-9-]+[/\\]dist-es[/\\]models[/\\]errors\.js$/ }, ({ path }) => ({
      contents: foldErrors(readFileSync(path, 'utf8')),
    }));
    // The fallback for a Node without native crypto.
    onLoad({ filter: /[/\\]checksum[/\\]sha256[/\\]Sha256Js\.js$/ }, () => ({ contents: 'export class Sha256Js {}' }));
    // Of the adaptive retry mode, which no client uses.
    onLoad({ filter: /[/\\]util-retry[/\\]DefaultRateLimiter\.js$/ }, () => ({
      contents: 'export class DefaultRateLimiter {}',
    }));
    onLoad({ filter: /[/\\]@aws-sdk[/\\]endpoint-cache[/\\]dist-es[/\\]index\.js$/ }, () => ({
      contents: 'export class EndpointCache {}',
    }));
  },
};

export interface BundleOptions {
  /** Folder that is emptied and written, one folder per function in it. */
  outdir: string;
  /** The practice policy that is put into each bundle as policy.json. */
  policyFile: string;
}

export interface Bundles {
  /** Folder of a function's code by the function's name; the folder's own name is its source file's: `verify-email`. */
  folders: ReadonlyMap<string, string>;
  /** Folder of a source map for each function, `verify-email.js.map`; no function carries its own. */
  sourceMaps: string;
  /** esbuild's account of what went into which file. */
  metafile: Metafile;
}

/** What a deployment needs of them. */
export type DeployedBundles = Pick<Bundles, 'folders' | 'sourceMaps'>;

/**
 * Bundles the handler of every function of the table. The same sources and policy give the same bytes wherever it runs, so that a
 * second deploy changes nothing. Throws esbuild's error when a source does not compile.
 */
export async function bundleFunctions({ outdir, policyFile }: BundleOptions): Promise<Bundles> {
  const entries = FUNCTIONS.map(({ name, source }) => ({ name, source, folder: basename(source, '.ts') }));
  const folders = new Map(entries.map(({ name, folder }) => [name, resolve(outdir, folder)]));
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    // Paths relative to the repository: an absolute one would differ between two machines.
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(entries.map(({ folder, source }) => [`${folder}/index`, source])),
    outdir: resolve(outdir),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    // CommonJS starts about 18 ms faster than ESM with an SDK client inside.
    format: 'cjs',
    // The packages' ES modules first: only those are shaken, and the DynamoDB client is 326 KB instead of 514.
    mainFields: ['module', 'main'],
    external: NEVER_LOADED,
    plugins: [UNUSED],
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
  });
  for (const folder of folders.values()) copyFileSync(policyFile, join(folder, POLICY_FILE));
  const sourceMaps = resolve(outdir, SOURCE_MAPS);
  mkdirSync(sourceMaps);
  for (const folder of folders.values()) moveSourceMap(folder, sourceMaps);
  return { folders, sourceMaps, metafile };
}

/** Names sources relative to the repository: esbuild does it relative to the folder that it writes to. */
function moveSourceMap(folder: string, sourceMaps: string): void {
  const written = join(folder, 'index.js.map');
  const map: { sources: string[] } = JSON.parse(readFileSync(written, 'utf8'));
  const sources = map.sources.map((source) => relative(ROOT, resolve(folder, source)));
  writeFileSync(join(sourceMaps, `${basename(folder)}.js.map`), JSON.stringify({ ...map, sources }));
  rmSync(written);
}
