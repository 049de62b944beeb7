/** The CDK app: `cdk synth -c deployment=<file>`. A wrong deployment stops it with one message. */
import { App } from 'aws-cdk-lib';
import { bundleFunctions } from './bundles.ts';
import { DeploymentError, readDeployment } from './deployment.ts';
import { portalPin } from './portal-pin.ts';

const app = new App();
try {
  const deployment = readDeployment(app.node.tryGetContext('deployment'));
  const bundles = await bundleFunctions({ outdir: '.build/functions', policyFile: deployment.policyFile });
  portalPin(app, deployment, bundles);
  app.synth();
} catch (error) {
  if (!(error instanceof DeploymentError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
