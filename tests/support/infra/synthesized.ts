/** The app as cdk.json and the example deployment make it, without esbuild: each bundle is a stand-in. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import type { DeployedBundles } from '../../../infra/bundles.ts';
import { type Deployment, readDeployment } from '../../../infra/deployment.ts';
import { portalPin } from '../../../infra/portal-pin.ts';
import { FUNCTIONS } from '../../../infra/tables/functions.ts';

export const EXAMPLE = 'infra/deployment.example.json';

/** A statement of a policy, of an identity or of a resource. */
export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Principal?: { Service?: string; AWS?: unknown } | string;
  Condition?: Record<string, Record<string, unknown>>;
}

/** A folder of this test file's own, gone with it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'portal-pin-infra-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The app and its stacks, not synthesized yet. */
export function built(changes: Partial<Deployment> = {}) {
  const folder = scratchFolder();
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  // CloudFormation's own rules take seconds to load; synth.test.ts has them checked.
  const app = new App({ outdir: join(folder, 'cdk.out'), context, builtinCloudFormationValidation: false });
  return { app, ...portalPin(app, { ...readDeployment(EXAMPLE), ...changes }, standIns(folder)) };
}

/** With the templates of both stacks. To be called once per test file: it takes a second. */
export function synthesized(changes: Partial<Deployment> = {}) {
  const { stateful, stateless } = built(changes);
  return {
    stateful,
    stateless,
    statefulTemplate: Template.fromStack(stateful),
    statelessTemplate: Template.fromStack(stateless),
  };
}

function standIns(folder: string): DeployedBundles {
  const containing = (name: string, file: string) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, file), `// ${name}`);
    return join(folder, name);
  };
  return {
    folders: new Map(FUNCTIONS.map(({ name }) => [name, containing(name, 'index.js')])),
    sourceMaps: containing('source-maps', 'verify-email.js.map'),
  };
}

/** Properties of all resources of a type, by logical id. */
export function propertiesOf<Properties>(template: Template, type: string): Map<string, Properties> {
  const resources = Object.entries(template.findResources(type));
  return new Map(resources.map(([id, { Properties }]) => [id, Properties]));
}

export function listOf(value: string | string[]): string[] {
  return Array.isArray(value) ? value : [value];
}

/** Text of a value that CloudFormation puts together: `{AWS::Region}` where it puts the region. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': joined, 'Fn::GetAtt': attribute, 'Fn::ImportValue': imported } = Object(value);
  if (Array.isArray(joined)) return joined[1].map(textOf).join(joined[0]);
  if (Array.isArray(attribute)) return `{${attribute.join('.')}}`;
  if (imported !== undefined) return `{${imported}}`;
  if (Ref !== undefined) return `{${Ref}}`;
  throw new TypeError(`no text: ${JSON.stringify(value)}`);
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)];
}
