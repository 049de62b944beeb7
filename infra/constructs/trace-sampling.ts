import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import { Construct } from 'constructs';

export interface TraceSamplingProps {
  ruleName: string;
  /** Begins the traces; whatever it calls follows its decision. */
  stateMachineName: string;
  /** Of its executions, from 0 to 1. */
  share: number;
}

/** Before X-Ray's own default rule, which has 10,000. */
const PRIORITY = 1_000;
const ANY = '*';

/**
 * How many executions X-Ray records. Its own rule takes the first of each second, which at the pace of a sweep is every
 * one. https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 */
export class TraceSampling extends Construct {
  constructor(scope: Construct, id: string, { ruleName, stateMachineName, share }: TraceSamplingProps) {
    super(scope, id);
    new CfnSamplingRule(this, 'Resource', {
      samplingRule: {
        ruleName,
        priority: PRIORITY,
        reservoirSize: 0,
        fixedRate: share,
        serviceName: stateMachineName,
        serviceType: ANY,
        host: ANY,
        httpMethod: ANY,
        urlPath: ANY,
        resourceArn: ANY,
        version: 1,
      },
    });
  }
}
