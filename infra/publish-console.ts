/**
 * `npm run publish:console -- --deployment <file>`: puts the built console into its bucket, and says to it where it
 * runs. After `npm run build:console` and a deployment; again whenever either has changed.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CONSOLE_PATH } from './constructs/console-site.ts';
import { LOGIN_SCOPES } from './constructs/staff-login.ts';
import { type Deployment, DeploymentError, readDeployment } from './deployment.ts';
import { namesOf } from './names.ts';

const DIST = fileURLToPath(new URL('../console/dist', import.meta.url));

/** By the suffix of a file; the build makes no others. */
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** The name of an asset changes with what is in it. Whatever else there is, a browser asks about each time. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

export interface Published {
  /** Key in the bucket. */
  key: string;
  body: string | Buffer;
  type: string;
  cacheControl: string;
}

/** Where it is deployed. */
type Place = Pick<Deployment, 'account' | 'region'>;

/** What a stack says of itself, as far as the page must know. */
export interface ConsoleOutputs {
  ConsoleBucket: string;
  ConsoleClientId: string;
  ConsoleIssuer: string;
  ConsoleLogin: string;
}

/**
 * The files in the order in which they are put: the page comes last, so that it never names what is not there yet.
 * @throws DeploymentError where there is no build, or one with a file of unknown type
 */
export function filesOf(dist: string, { ConsoleIssuer, ConsoleLogin, ConsoleClientId }: ConsoleOutputs): Published[] {
  const names = existsSync(dist) ? globSync('**/*', { cwd: dist, withFileTypes: true }) : [];
  const paths = names
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(dist.length + 1))
    .filter((path) => path !== 'config.json');
  if (!paths.includes('index.html')) {
    throw new DeploymentError(`There is no console in ${dist}: build it by "npm run build:console".`);
  }
  const files = paths.map((path): Published => {
    const type = TYPES[extname(path)];
    if (type === undefined)
      throw new DeploymentError(`${path}: no content type is known for such a file (infra/publish-console.ts).`);
    const cacheControl = path.startsWith('assets/') ? FOR_EVER : ASK_AGAIN;
    return { key: keyOf(path), body: readFileSync(join(dist, path)), type, cacheControl };
  });
  const auth = { issuer: ConsoleIssuer, login: ConsoleLogin, clientId: ConsoleClientId, scopes: LOGIN_SCOPES };
  const config = { api: '/api', auth };
  const body = `${JSON.stringify(config, null, 2)}\n`;
  const told: Published = { key: keyOf('config.json'), body, type: 'application/json', cacheControl: ASK_AGAIN };
  const isPage = ({ key }: Published) => key === keyOf('index.html');
  return [...files.filter((file) => !isPage(file)), told, ...files.filter(isPage)];
}

function keyOf(path: string): string {
  return `${CONSOLE_PATH.slice(1)}${path}`;
}

/** @throws DeploymentError where the credentials are of another account than the deployment file's */
async function outputsOf(stack: string, { account, region }: Place): Promise<Record<string, string>> {
  const { Stacks } = await new CloudFormationClient({ region }).send(new DescribeStacksCommand({ StackName: stack }));
  const [, , , , owner] = Stacks?.[0]?.StackId?.split(':') ?? [];
  if (owner !== account)
    throw new DeploymentError(`The credentials are of account ${owner}; the deployment is in ${account}.`);
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/** What an older page that is open still asks for is left where it is. Answers with the keys, in their order. */
export async function publishConsole(stack: string, place: Place, dist = DIST): Promise<string[]> {
  const outputs = await outputsOf(stack, place);
  const { ConsoleBucket = '', ConsoleClientId = '', ConsoleIssuer = '', ConsoleLogin = '' } = outputs;
  if (ConsoleBucket === '') throw new DeploymentError(`The stack ${stack} has no console: deploy it anew.`);
  const files = filesOf(dist, { ConsoleBucket, ConsoleClientId, ConsoleIssuer, ConsoleLogin });
  const s3 = new S3Client({ region: place.region });
  for (const { key, body, type, cacheControl } of files) {
    const object = { Bucket: ConsoleBucket, Key: key, Body: body, ContentType: type, CacheControl: cacheControl };
    await s3.send(new PutObjectCommand(object));
  }
  return files.map(({ key }) => key);
}

if (import.meta.main) {
  try {
    const { values } = parseArgs({ options: { deployment: { type: 'string' } } });
    const deployment = readDeployment(values.deployment);
    const keys = await publishConsole(namesOf(deployment.name).statelessStack, deployment);
    console.log(`${keys.length} files are published.`);
  } catch (error) {
    // What an operator can mend; what AWS says is theirs to read, too.
    console.error(error instanceof DeploymentError ? error.message : error);
    process.exitCode = 1;
  }
}
