/** The whole app: two stacks, their tags, and the two rule packs that every synth must satisfy. */
import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag';
import { acknowledge } from './acknowledgements.ts';
import type { Bundles } from './bundles.ts';
import type { Deployment } from './deployment.ts';
import { namesOf } from './names.ts';
import { StatefulStack } from './stacks/stateful.ts';
import { StatelessStack } from './stacks/stateless.ts';

export function portalPin(app: App, deployment: Deployment, bundles: Pick<Bundles, 'folders'>) {
  const names = namesOf(deployment.name);
  const stateful = new StatefulStack(app, names.statefulStack, {
    names,
    description: 'Portal PIN: records, keys, the EHR key and logs. Deleting it leaves them in the account.',
    terminationProtection: true,
  });
  const stateless = new StatelessStack(app, names.statelessStack, {
    names,
    deployment,
    bundles,
    stateful,
    description: 'Portal PIN: functions, state machine, mail, alarms. It holds nothing and can be made again.',
  });
  Tags.of(app).add('application', 'portal-pin');
  Tags.of(app).add('deployment', deployment.name);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new HIPAASecurityChecks(app));
  acknowledge({ stateful, stateless }, names);
  return { stateful, stateless };
}
