/** The whole app: two stacks, their tags, and the two rule packs that every synth must satisfy. */
import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag';
import { acknowledge } from './acknowledgements.ts';
import type { DeployedBundles } from './bundles.ts';
import type { Deployment } from './deployment.ts';
import { namesOf } from './names.ts';
import { StatefulStack } from './stacks/stateful.ts';
import { StatelessStack } from './stacks/stateless.ts';

export function portalPin(app: App, deployment: Deployment, bundles: DeployedBundles) {
  const names = namesOf(deployment.name);
  // Pinned: CDK refuses to deploy with credentials of another account, and takes no region from the environment.
  const env = { account: deployment.account, region: deployment.region };
  const stateful = new StatefulStack(app, names.statefulStack, {
    names,
    env,
    email: deployment.email,
    api: deployment.api,
    description: 'Portal PIN: records, keys, the EHR key and logs. Deleting it leaves them in the account.',
    terminationProtection: true,
  });
  const stateless = new StatelessStack(app, names.statelessStack, {
    names,
    env,
    deployment,
    bundles,
    stateful,
    description: 'Portal PIN: functions, state machine, mail, alarms. It holds nothing and can be made again.',
  });
  Tags.of(app).add('application', 'portal-pin');
  Tags.of(app).add('deployment', deployment.name);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app));
  acknowledge({ stateful, stateless }, names, env);
  return { stateful, stateless };
}
