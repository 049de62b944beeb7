/**
 * The same handlers as `NodejsFunction` bundles them by default: CommonJS, not minified, the AWS SDK left out
 * since Lambda's runtime has one. A process of its own, started by bundles.ts: it is slow and talkative.
 * Arguments: a folder to write to, the entry files. Sends the paths of the bundles, in the entries' order.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';

const [outdir = '', ...entries] = process.argv.slice(2);
/** The feature flags that `cdk init` writes, as far as they concern bundling. */
const context = { '@aws-cdk/aws-lambda-nodejs:sdkV3ExcludeSmithyPackages': true };

const app = new App({ outdir, context });
const stacks = entries.map((entry, index) => {
  const stack = new Stack(app, `Default${index}`);
  new NodejsFunction(stack, 'Function', { entry, runtime: Runtime.NODEJS_24_X, architecture: Architecture.ARM_64 });
  return stack;
});
app.synth();

const bundles = stacks.map(({ stackName }) => {
  const template: { Resources: Record<string, { Type: string; Properties: { Code?: { S3Key: string } } }> } =
    JSON.parse(readFileSync(join(outdir, `${stackName}.template.json`), 'utf8'));
  const { Code } =
    Object.values(template.Resources).find(({ Type }) => Type === 'AWS::Lambda::Function')?.Properties ?? {};
  return join(outdir, `asset.${Code?.S3Key.replace(/\.zip$/, '')}`, 'index.js');
});
process.send?.(bundles);
